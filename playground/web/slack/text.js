/** Text objects and Slack's mrkdwn, turned into nodes. */

import { fragment, h, link } from "./dom.js";
import { emoji, emojiText, isKnownEmoji } from "./emoji.js";

const ENTITIES = { "&lt;": "<", "&gt;": ">", "&amp;": "&" };
const MARKS = { "*": "strong", _: "em", "~": "s" };
const EMOJI = /^:([a-z0-9_+'-]+(?:::skin-tone-\d)?):/;
const BARE_URL = /^https?:\/\/[^\s<>|]+/;

/** Undo Slack's three entities. */
export function decode(text) {
  return text.replace(/&(?:lt|gt|amp);/g, (entity) => ENTITIES[entity]);
}

/** The reading of a text object where only plain text fits. */
export function plain(textObject) {
  return emojiText(decode(textObject?.text ?? ""));
}

/** The nodes of a text object: mrkdwn is formatted, plain_text is not. */
export function renderText(textObject, names) {
  if (!textObject) return fragment();
  if (textObject.type === "mrkdwn")
    return mrkdwn(textObject.text, names, { verbatim: textObject.verbatim === true });
  return plainNodes(decode(textObject.text), textObject.emoji !== false);
}

/** The nodes of mrkdwn; `names` says what user and channel ids are called. */
export function mrkdwn(text, names, { verbatim = false } = {}) {
  const nodes = fragment();
  const parts = text.split("```");
  const fenced = parts.length % 2 === 1 ? parts.length : parts.length - 1;
  let prose = "";
  const flush = () => {
    nodes.append(lines(prose, { names, verbatim }));
    prose = "";
  };
  parts.forEach((part, index) => {
    if (index % 2 === 1 && index < fenced && part.trim() !== "") {
      flush();
      nodes.append(
        h(
          "pre",
          { class: "code-block", tabindex: "0" },
          h("code", {}, codeText(part.replace(/^\n|\n$/g, ""))),
        ),
      );
    } else if (index % 2 === 1) prose += "```" + part + (index < fenced ? "```" : "");
    else prose += index > 0 && prose === "" ? part.replace(/^\n/, "") : part;
  });
  flush();
  return nodes;
}

function lines(text, context) {
  const nodes = fragment();
  if (text === "") return nodes;
  const rows = text.replace(/\n$/, "").split("\n");
  let quoted = null;
  let open = false;
  rows.forEach((row) => {
    const quote = /^(?:&gt;|>)(?!(?:&gt;|>){2}) ?(.*)$/.exec(row);
    const bullet = /^(\s*)([•◦▪‣]|\d{1,2}[.)]|-)\s+(.*)$/.exec(row);
    if (quote) {
      if (quoted) quoted.append(h("br"));
      else nodes.append((quoted = h("blockquote")));
      quoted.append(inline(quote[1], context));
      open = false;
      return;
    }
    quoted = null;
    if (bullet) {
      const line = h(
        "span",
        { class: "bullet-line" },
        h("span", { class: "bullet" }, bullet[2]),
        h("span", { class: "bullet-text" }, inline(bullet[3], context)),
      );
      line.style.setProperty("--depth", Math.min(4, Math.floor(bullet[1].length / 2)));
      nodes.append(line);
      open = false;
      return;
    }
    if (open) nodes.append(h("br"));
    nodes.append(inline(row, context));
    open = true;
  });
  return nodes;
}

function inline(text, context) {
  const nodes = fragment();
  let pending = "";
  const flush = () => {
    if (pending !== "") nodes.append(decode(pending));
    pending = "";
  };
  let at = 0;
  while (at < text.length) {
    const found = tokenAt(text, at, context);
    if (found) {
      flush();
      nodes.append(found.node);
      at = found.end;
    } else {
      pending += text[at];
      at += 1;
    }
  }
  flush();
  return nodes;
}

function tokenAt(text, at, context) {
  const letter = text[at];
  if (letter === "<") return angle(text, at, context);
  if (letter === "`") return code(text, at);
  if (letter === ":") return emojiAt(text, at);
  if (letter === "h" && !context.verbatim && !/\w/.test(text[at - 1] ?? "")) return bareUrl(text, at);
  return MARKS[letter] ? marked(text, at, context) : null;
}

function angle(text, at, { names }) {
  const close = text.indexOf(">", at);
  if (close < 0 || close === at + 1) return null;
  const [target, label] = splitOnce(text.slice(at + 1, close), "|");
  if (!/^(?:[@#!]|https?:|mailto:)/.test(target)) return null;
  return { node: reference(target, label, names), end: close + 1 };
}

function reference(target, label, names) {
  const id = target.slice(1);
  if (target.startsWith("@")) return mention(`@${names.userName(id)}`);
  if (target.startsWith("#")) return channelLink(id, names);
  if (target.startsWith("!date^")) return h("span", {}, dateText(target) ?? decode(label ?? target));
  if (target.startsWith("!subteam^")) return mention(decode(label ?? "@group"));
  if (target.startsWith("!")) return mention(`@${decode(label ?? id)}`);
  const address = decode(target);
  return link(
    address,
    label === undefined ? address.replace(/^mailto:/, "") : fragment(plainNodes(decode(label), true)),
  );
}

/** A name that stands out because somebody is addressed. */
export function mention(text) {
  return h("span", { class: "mention" }, text);
}

/** A channel's name, leading there. */
export function channelLink(id, names) {
  const label = `#${names.channelName(id)}`;
  return names.knowsChannel(id) ? h("a", { class: "mention", href: `#/${id}` }, label) : mention(label);
}

function dateText(target) {
  const [, seconds, format] = target.split("^");
  const moment = new Date(Number(seconds) * 1000);
  return Number.isNaN(moment.getTime()) || !format ? null : formatDate(moment, format);
}

/** A moment in Slack's date template, e.g. `{date_short} at {time}`. */
export function formatDate(moment, format) {
  const date = (style) => moment.toLocaleDateString(undefined, style);
  const words = {
    date_num: date({ year: "numeric", month: "2-digit", day: "2-digit" }),
    date: date({ year: "numeric", month: "long", day: "numeric" }),
    date_short: date({ year: "numeric", month: "short", day: "numeric" }),
    date_long: date({ weekday: "long", year: "numeric", month: "long", day: "numeric" }),
    time: moment.toLocaleTimeString(undefined, { hour: "numeric", minute: "2-digit" }),
    time_secs: moment.toLocaleTimeString(),
  };
  return format.replace(/\{(\w+)\}/g, (whole, name) => words[name.replace(/_pretty$/, "")] ?? whole);
}

function code(text, at) {
  const close = text.indexOf("`", at + 1);
  if (close <= at + 1) return null;
  return { node: h("code", { class: "code" }, codeText(text.slice(at + 1, close))), end: close + 1 };
}

function codeText(text) {
  return decode(
    text.replace(/<([^<>|\s]+)(?:\|([^<>]*))?>/g, (whole, target, label) =>
      /^(https?:|mailto:)/.test(target) ? (label ?? target) : whole,
    ),
  );
}

function emojiAt(text, at) {
  const match = EMOJI.exec(text.slice(at, at + 60));
  return match && isKnownEmoji(match[1].split("::")[0])
    ? { node: emoji(match[1]), end: at + match[0].length }
    : null;
}

function bareUrl(text, at) {
  const match = BARE_URL.exec(text.slice(at));
  if (!match) return null;
  const written = match[0].replace(/(?:&gt;.*|[.,;:!?)\]'"*_~`]+)$/, "");
  return { node: link(decode(written), decode(written)), end: at + written.length };
}

function marked(text, at, context) {
  const mark = text[at];
  if (/[\p{L}\p{N}]/u.test(text[at - 1] ?? "") || /\s/.test(text[at + 1] ?? " ") || text[at + 1] === mark)
    return null;
  const close = closing(text, at + 1, mark);
  return close < 0
    ? null
    : { node: h(MARKS[mark], {}, inline(text.slice(at + 1, close), context)), end: close + 1 };
}

function closing(text, from, mark) {
  for (let at = from; at < text.length; at += 1) {
    if (text[at] === "<" && /[@#!hm]/.test(text[at + 1] ?? "")) at = Math.max(at, text.indexOf(">", at));
    else if (text[at] === "`") at = Math.max(at, text.indexOf("`", at + 1));
    else if (text[at] === mark && !/\s/.test(text[at - 1]) && !/[\p{L}\p{N}]/u.test(text[at + 1] ?? ""))
      return at;
  }
  return -1;
}

function plainNodes(text, withEmoji) {
  const nodes = fragment();
  text.split("\n").forEach((row, index) => {
    if (index > 0) nodes.append(h("br"));
    for (const piece of withEmoji ? row.split(/(:[a-z0-9_+-]+:)/) : [row]) {
      const name = piece.slice(1, -1);
      nodes.append(/^:.+:$/.test(piece) && isKnownEmoji(name) ? emoji(name) : piece);
    }
  });
  return nodes;
}

function splitOnce(text, mark) {
  const at = text.indexOf(mark);
  return at < 0 ? [text, undefined] : [text.slice(0, at), text.slice(at + 1)];
}
