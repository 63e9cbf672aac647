/** The `rich_text` block. */

import { fragment, h, link } from "./dom.js";
import { emoji } from "./emoji.js";
import { channelLink, formatDate, mention } from "./text.js";

const STYLES = [
  ["code", "code"],
  ["bold", "strong"],
  ["italic", "em"],
  ["strike", "s"],
  ["underline", "u"],
  ["highlight", "mark"],
];
const BULLETS = ["disc", "circle", "square"];
const COUNTERS = ["decimal", "lower-alpha", "lower-roman"];

/** The nodes of a rich_text block (also of a rich_text cell of a table). */
export function richText(block, names) {
  return fragment((block.elements ?? []).map((element) => part(element, names)));
}

function part(element, names) {
  switch (element.type) {
    case "rich_text_section":
      return h("div", { class: "rich-section" }, run(element, names));
    case "rich_text_preformatted":
      return h("pre", { class: "code-block", tabindex: "0" }, h("code", {}, run(element, names)));
    case "rich_text_quote":
      return h("blockquote", {}, run(element, names));
    case "rich_text_list":
      return list(element, names);
    default:
      return h("div", { class: "unknown" }, `Unknown rich text: ${element.type}`);
  }
}

function list(element, names) {
  const ordered = element.style === "ordered";
  const depth = element.indent ?? 0;
  const node = h(
    ordered ? "ol" : "ul",
    {
      class: element.border ? "rich-list bordered" : "rich-list",
      start: ordered ? (element.offset ?? 0) + 1 : null,
    },
    (element.elements ?? []).map((item) => h("li", {}, run(item, names))),
  );
  node.style.setProperty("--depth", depth);
  node.style.listStyleType = (ordered ? COUNTERS : BULLETS)[depth % 3];
  return node;
}

function run(section, names) {
  return (section.elements ?? []).map((piece) => styled(piece, atom(piece, names)));
}

function atom(piece, names) {
  switch (piece.type) {
    case "text":
      return broken(piece.text);
    case "link":
      return link(piece.url, piece.text || piece.url);
    case "emoji":
      return emoji(piece.name);
    case "user":
      return mention(`@${names.userName(piece.user_id)}`);
    case "usergroup":
      return mention(`@${piece.usergroup_id}`);
    case "channel":
      return channelLink(piece.channel_id, names);
    case "broadcast":
      return mention(`@${piece.range}`);
    case "date":
      return h("span", {}, formatDate(new Date(piece.timestamp * 1000), piece.format ?? "{date_short}"));
    case "color":
      return colour(piece.value);
    default:
      return h("span", { class: "unknown" }, `Unknown rich text: ${piece.type}`);
  }
}

function broken(text) {
  return fragment(text.split("\n").flatMap((row, index) => (index > 0 ? [h("br"), row] : [row])));
}

function colour(value) {
  const swatch = h("span", { class: "swatch", "aria-hidden": "true" });
  if (/^#[0-9a-f]{3,8}$/i.test(value)) swatch.style.backgroundColor = value;
  return h("span", {}, swatch, value);
}

function styled(piece, node) {
  return STYLES.reduce(
    (inner, [style, tag]) =>
      piece.style?.[style] ? h(tag, { class: tag === "code" ? "code" : null }, inner) : inner,
    node,
  );
}
