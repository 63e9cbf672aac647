/** A list of messages that keeps its place: it follows the newest unless the person has scrolled up. */

import { h, icon, reconcile } from "./dom.js";
import { renderMessage } from "./message.js";
import { dayName, moment } from "./time.js";

const TOGETHER = 5 * 60;
const NEAR = 80;

/** A message list; `show(channel, messages)` brings it up to date. */
export function conversation({ app, label, inThread = false, empty }) {
  const list = h("ol", { class: "messages" });
  const jump = h(
    "button",
    { type: "button", class: "jump", hidden: true, onclick: () => toEnd("smooth") },
    "New messages",
    icon("chevron"),
  );
  const scroller = h(
    "div",
    {
      class: "scroller",
      tabindex: "0",
      role: "log",
      "aria-live": "polite",
      "aria-relevant": "additions",
      "aria-label": label,
    },
    list,
  );
  const node = h("div", { class: "conversation" }, scroller, jump);
  let shown = null;
  let count = 0;
  let pinned = true;
  const toEnd = (behavior = "instant") => scroller.scrollTo({ top: scroller.scrollHeight, behavior });
  scroller.addEventListener("scroll", () => {
    pinned = scroller.scrollHeight - scroller.scrollTop - scroller.clientHeight < NEAR;
    if (pinned) jump.hidden = true;
  });
  new ResizeObserver(() => pinned && toEnd()).observe(list);
  new ResizeObserver(() => pinned && toEnd()).observe(scroller);
  const show = (channel, messages, key = channel) => {
    const isOther = key !== shown;
    if (isOther) list.replaceChildren();
    scroller.setAttribute("aria-busy", String(isOther));
    const items = arranged(messages, { channel, inThread });
    reconcile(list, items.length ? items : [{ key: "empty", empty }], {
      key: (item) => item.key,
      render: (item) => row(item, { app, inThread }),
    });
    if (isOther) pinned = true;
    if (pinned) toEnd();
    else if (messages.length > count) jump.hidden = false;
    count = messages.length;
    shown = key;
    scroller.setAttribute("aria-busy", "false");
  };
  return { node, show, toEnd, rename: (text) => scroller.setAttribute("aria-label", text) };
}

function arranged(messages, { channel, inThread }) {
  const items = [];
  let before = null;
  for (const message of messages) {
    const day = dayName(moment(message.ts));
    if (!inThread && day !== before?.day) items.push({ key: `day ${day}`, day });
    const grouped =
      before !== null &&
      day === before.day &&
      !message.is_ephemeral &&
      together(before.message, message) &&
      !(inThread && items.length <= 2);
    items.push({
      key: `${message.is_ephemeral ? "only you" : "message"} ${message.ts}`,
      message,
      grouped,
      channel,
    });
    if (inThread && items.length === 1) items.push({ key: "replies", count: messages.length - 1 });
    before = { day, message };
  }
  return items;
}

function together(first, second) {
  const author = (message) => message.user ?? message.bot_id;
  return (
    author(first) === author(second) &&
    !first.is_ephemeral &&
    !first.reply_count &&
    Number(second.ts) - Number(first.ts) < TOGETHER
  );
}

function row(item, { app, inThread }) {
  if (item.day) return h("li", { class: "day" }, h("span", {}, item.day));
  if (item.empty) return h("li", { class: "empty" }, item.empty);
  if (item.count !== undefined)
    return h(
      "li",
      { class: "reply-count" },
      item.count === 0 ? "No replies yet" : item.count === 1 ? "1 reply" : `${item.count} replies`,
    );
  return renderMessage(item, { app, inThread });
}
