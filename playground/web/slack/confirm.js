/** The question before an action that carries a `confirm` object. */

import { h, uniqueId } from "./dom.js";
import { plain, renderText } from "./text.js";

/** Ask; true when the person agrees. Escape and the deny button mean no. */
export function confirmed(confirm, names) {
  const title = uniqueId("confirm");
  const deny = h("button", { type: "button", class: "button" }, plain(confirm.deny) || "Cancel");
  const agree = h(
    "button",
    { type: "button", class: confirm.style === "danger" ? "button danger" : "button primary" },
    plain(confirm.confirm) || "Yes",
  );
  const dialog = h(
    "dialog",
    { class: "confirm", role: "alertdialog", "aria-labelledby": title, "aria-describedby": `${title}-text` },
    h("h2", { id: title }, plain(confirm.title) || "Are you sure?"),
    h("div", { id: `${title}-text`, class: "confirm-text" }, renderText(confirm.text, names)),
    h("div", { class: "dialog-buttons" }, deny, agree),
  );
  document.body.append(dialog);
  return new Promise((resolve) => {
    const finish = (answer) => {
      dialog.close();
      dialog.remove();
      resolve(answer);
    };
    deny.addEventListener("click", () => finish(false));
    agree.addEventListener("click", () => finish(true));
    dialog.addEventListener("cancel", (event) => event.preventDefault());
    dialog.addEventListener("keydown", (event) => {
      if (event.key !== "Escape") return;
      event.preventDefault();
      event.stopPropagation();
      finish(false);
    });
    dialog.showModal();
    (confirm.style === "danger" ? deny : agree).focus();
  });
}
