"use strict";
// Buttons and the comment form say what they want in data-order; the answer is the page, loaded again.
async function send(element, body) {
  const alert = document.getElementById("refusal");
  const { order, project, iid, user } = element.dataset;
  const answer = await fetch(`/_control/${order}`, {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify({ project, iid, user, ...body }),
  });
  if (answer.ok) {
    location.reload();
    return;
  }
  const refusal = await answer.json();
  alert.textContent = `GitLab says: ${refusal.message || refusal.error}`;
  alert.scrollIntoView({ block: "center" });
}

for (const button of document.querySelectorAll("button[data-order]")) {
  // a review that asks for changes says in the same breath what is wrong
  const said = button.dataset.order === "request_changes" ? document.getElementById("comment") : null;
  button.addEventListener("click", () => send(button, said?.value.trim() ? { body: said.value } : {}));
}
for (const form of document.querySelectorAll("form[data-order]")) {
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    send(form, Object.fromEntries(new FormData(form)));
  });
}
