/** What went wrong, in Slack's own words where it has some. */

import { h, icon, iconButton } from "./dom.js";

const TROUBLE = "We had some trouble connecting. Try again?";
const UNANSWERED = ["operation_timeout", "dispatch_failed", "connection_lost"];

/** The sentence for an error of an action, a submission or a shortcut. */
export function inWords(error) {
  return UNANSWERED.includes(error) ? TROUBLE : `That did not work: ${error ?? "unknown error"}`;
}

/** The sentence for a command that failed. */
export function commandFailed(command, error) {
  return error === "invalid_command"
    ? `${command} is not a valid command.`
    : `${command} failed with the error "${error}"`;
}

/** Slack's own words to the person, until dismissed. */
export function addNotice(notices, text) {
  const same = [...notices.children].find((each) => each.dataset.text === text);
  same?.remove();
  const notice = h(
    "div",
    { class: "notice", role: "alert", "data-text": text },
    icon("alert"),
    h("span", { class: "notice-text" }, text),
    h("small", {}, "Only visible to you"),
    iconButton("close", "Dismiss", () => notice.remove()),
  );
  notices.append(notice);
}
