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
  button.addEventListener("click", () => send(button, {}));
}
for (const form of document.querySelectorAll("form[data-order]")) {
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    send(form, { body: new FormData(form).get("body") });
  });
}
