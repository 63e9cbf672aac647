/** One message: who, when, its blocks or text, files, reactions, replies, and what can be done with it. */

import { h, icon, iconButton } from "./dom.js";
import { renderBlocks, summary } from "./blocks.js";
import { avatar } from "./directory.js";
import { emoji, offeredReactions } from "./emoji.js";
import { renderFile } from "./files.js";
import { openMenu } from "./floating.js";
import { mrkdwn } from "./text.js";
import { clock, fullDate, moment, relativeDay } from "./time.js";

/** A message as a list item; `grouped` leaves the author out, `inThread` the way into the thread. */
export function renderMessage({ message, grouped, channel }, { app, inThread }) {
  const author = app.names.authorOf(message);
  const when = moment(message.ts);
  const classes = ["message", grouped && "grouped", message.is_ephemeral && "ephemeral"]
    .filter(Boolean)
    .join(" ");
  const time = h(
    "a",
    { class: "time", href: `#/${channel}/${message.thread_ts ?? message.ts}`, title: fullDate(when) },
    h("time", { datetime: when.toISOString() }, clock(when)),
  );
  const head = h(
    "div",
    { class: "message-head" },
    h("span", { class: "author" }, author.name),
    author.isApp ? h("span", { class: "badge" }, "App") : null,
    time,
  );
  return h(
    "li",
    { class: classes, "data-ts": message.ts },
    message.is_ephemeral ? h("div", { class: "only-you" }, icon("eye"), "Only visible to you") : null,
    h(
      "div",
      { class: "message-row", role: "article", "aria-label": `${author.name}, ${clock(when)}` },
      grouped ? h("span", { class: "gutter" }, time) : avatar(author),
      h(
        "div",
        { class: "message-body" },
        grouped ? null : head,
        content(message, { app, channel }),
        reactions(message, { app, channel }),
        inThread || !message.reply_count ? null : replies(message, { app, channel }),
      ),
      toolbar(message, { app, channel, inThread }),
    ),
  );
}

function content(message, { app, channel }) {
  const blocks = message.blocks?.length
    ? renderBlocks(message.blocks, contextOf(message, { app, channel }))
    : null;
  const edited = message.edited ? h("span", { class: "edited" }, " (edited)") : null;
  const text =
    blocks || !message.text ? null : h("div", { class: "text" }, mrkdwn(message.text, app.names), edited);
  return [
    text,
    blocks,
    blocks ? edited : null,
    (message.attachments ?? []).map((each) => attachment(each, message, { app, channel })),
    (message.files ?? []).map(renderFile),
  ];
}

function contextOf(message, { app, channel }) {
  const where = { channel, message_ts: message.ts };
  const held = app.entries.within(`message ${channel} ${message.ts}`);
  return {
    names: app.names,
    entries: held,
    edited: () => {},
    act: (block, element, value) => app.act(where, held.state(message.blocks), { block, element, value }),
    suggest: (block, element, value) => app.suggest(where, held, { block, element, value }),
  };
}

function attachment(each, message, { app, channel }) {
  const fields = (each.fields ?? []).map((field) =>
    h("div", { class: "field" }, h("strong", {}, field.title), h("br"), mrkdwn(field.value ?? "", app.names)),
  );
  const node = h(
    "div",
    { class: "attachment" },
    each.blocks
      ? renderBlocks(each.blocks, contextOf({ ...message, blocks: each.blocks }, { app, channel }))
      : null,
    each.pretext ? h("div", {}, mrkdwn(each.pretext, app.names)) : null,
    each.title
      ? h(
          "strong",
          {},
          mrkdwn(each.title_link ? `<${each.title_link}|${each.title}>` : each.title, app.names),
        )
      : null,
    each.text ? h("div", { class: "text" }, mrkdwn(each.text, app.names)) : null,
    fields.length ? h("div", { class: "fields" }, fields) : null,
    !each.blocks && !each.text && !each.title ? each.fallback : null,
  );
  if (/^#?[0-9a-f]{6}$/i.test(each.color ?? ""))
    node.style.borderLeftColor = `#${each.color.replace("#", "")}`;
  return node;
}

function reactions(message, { app, channel }) {
  if (!message.reactions?.length) return null;
  return h(
    "div",
    { class: "reactions" },
    message.reactions.map((reaction) => {
      const mine = reaction.users?.includes(app.user) ?? false;
      const who = (reaction.users ?? []).map(app.names.userName).join(", ");
      return h(
        "button",
        {
          type: "button",
          class: "reaction",
          "aria-pressed": String(mine),
          "aria-label": `${reaction.name}, ${reaction.count}: ${who}`,
          title: who,
          "data-focus-key": `reaction ${reaction.name}`,
          onclick: () => app.react(channel, message.ts, { name: reaction.name, remove: mine }),
        },
        emoji(reaction.name),
        h("span", {}, reaction.count),
      );
    }),
  );
}

function replies(message, { app, channel }) {
  const label = message.reply_count === 1 ? "1 reply" : `${message.reply_count} replies`;
  const last = message.latest_reply
    ? h("span", { class: "last-reply" }, `Last reply ${relativeDay(moment(message.latest_reply))}`)
    : null;
  return h(
    "button",
    {
      type: "button",
      class: "replies",
      "data-focus-key": "replies",
      onclick: () => app.openThread(channel, message.ts),
    },
    label,
    last,
  );
}

function toolbar(message, { app, channel, inThread }) {
  const react = iconButton(
    "smile",
    "Add a reaction",
    () =>
      openMenu(
        react,
        offeredReactions().map((name) => ({
          label: emoji(name),
          description: name,
          onpick: () => app.react(channel, message.ts, { name }),
        })),
        { label: "Reactions", grid: true },
      ),
    { "aria-haspopup": "menu" },
  );
  const more = iconButton(
    "more",
    "More actions",
    () => openMenu(more, moreActions(message, { app, channel }), { label: "More actions" }),
    { "aria-haspopup": "menu", "aria-expanded": "false" },
  );
  const reply = inThread
    ? null
    : iconButton("reply", "Reply in thread", () => app.openThread(channel, message.thread_ts ?? message.ts));
  return h(
    "div",
    { class: "toolbar", role: "toolbar", "aria-label": "Message actions" },
    message.is_ephemeral ? null : [react, reply],
    more,
  );
}

function moreActions(message, { app, channel }) {
  const shortcuts = message.is_ephemeral ? [] : app.names.shortcuts.filter((each) => each.type === "message");
  const address = new URL(`#/${channel}/${message.thread_ts ?? message.ts}`, location.href).href;
  return [
    ...shortcuts.map((each) => ({
      label: each.name,
      description: app.names.bot?.name,
      onpick: () => app.shortcut({ callback_id: each.callback_id, channel, message_ts: message.ts }),
    })),
    { label: "Copy link", onpick: () => navigator.clipboard.writeText(address) },
    { label: "Copy text", onpick: () => navigator.clipboard.writeText(summary(message)) },
  ];
}
