/** A small set of emoji. The signs of state are drawn here, so that they look the same without an emoji font. */

import { h } from "./dom.js";
import { DRAWN } from "./drawings.js";

const SVG = "http://www.w3.org/2000/svg";

const ALIASES = {
  red_square: "red_circle",
  green_circle: "large_green_circle",
  yellow_circle: "large_yellow_circle",
  grey_question: "question",
  info: "information_source",
  repeat: "arrows_counterclockwise",
  no_entry_sign: "no_entry",
};

const CHARACTERS = {
  "+1": "👍",
  thumbsup: "👍",
  "-1": "👎",
  thumbsdown: "👎",
  eyes: "👀",
  tada: "🎉",
  rocket: "🚀",
  heart: "❤️",
  fire: "🔥",
  robot_face: "🤖",
  wave: "👋",
  pray: "🙏",
  smile: "😄",
  slightly_smiling_face: "🙂",
  thinking_face: "🤔",
  raised_hands: "🙌",
  clap: "👏",
  memo: "📝",
  mag: "🔍",
  bug: "🐛",
  wrench: "🔧",
  gear: "⚙️",
  key: "🔑",
  moneybag: "💰",
  bar_chart: "📊",
  clock1: "🕐",
  stopwatch: "⏱️",
  calendar: "📅",
  link: "🔗",
  package: "📦",
  page_facing_up: "📄",
  clipboard: "📋",
  speech_balloon: "💬",
  bell: "🔔",
  zap: "⚡",
  sparkles: "✨",
  bulb: "💡",
  crescent_moon: "🌙",
  sunrise: "🌅",
  octagonal_sign: "🛑",
  construction: "🚧",
  test_tube: "🧪",
  shield: "🛡️",
  pushpin: "📌",
  point_right: "👉",
  100: "💯",
  arrow_up: "⬆️",
  arrow_down: "⬇️",
  leftwards_arrow_with_hook: "↩️",
  heavy_plus_sign: "➕",
  scissors: "✂️",
  see_no_evil: "🙈",
  one: "1️⃣",
  two: "2️⃣",
  three: "3️⃣",
};

const REACTIONS = [
  "+1",
  "-1",
  "eyes",
  "white_check_mark",
  "x",
  "tada",
  "rocket",
  "heart",
  "fire",
  "warning",
  "question",
  "no_entry",
  "hourglass_flowing_sand",
  "robot_face",
  "pray",
  "thinking_face",
];

/** The reactions offered by the picker: those that can be shown here. */
export function offeredReactions() {
  return REACTIONS.filter((name) => Object.hasOwn(DRAWN, name) || hasEmojiFont());
}

/** An emoji by its name without colons, as an image with a text alternative; an unknown one stays `:name:`. */
export function emoji(name) {
  const plain = name.replace(/::skin-tone-\d$/, "");
  const shapes = DRAWN[plain] ?? DRAWN[ALIASES[plain]];
  if (shapes) return drawn(plain, shapes);
  const character = Object.hasOwn(CHARACTERS, plain) && hasEmojiFont() ? CHARACTERS[plain] : null;
  if (!character) return h("span", { class: "emoji-name" }, `:${name}:`);
  return h(
    "span",
    { class: "emoji", role: "img", "aria-label": `${plain} emoji`, title: `:${plain}:` },
    character,
  );
}

/** The text with the known emoji names replaced by characters, for places that hold text only (select options, titles). */
export function emojiText(text) {
  return text.replace(/:([a-z0-9_+-]+):/g, (whole, name) =>
    Object.hasOwn(CHARACTERS, name) && hasEmojiFont() ? CHARACTERS[name] : whole,
  );
}

/** Whether a name is one this page can show. */
export function isKnownEmoji(name) {
  return Object.hasOwn(DRAWN, name) || Object.hasOwn(ALIASES, name) || Object.hasOwn(CHARACTERS, name);
}

function drawn(name, shapes) {
  const svg = document.createElementNS(SVG, "svg");
  for (const [attribute, value] of [
    ["viewBox", "0 0 20 20"],
    ["class", "emoji emoji-drawn"],
    ["role", "img"],
    ["aria-label", `${name} emoji`],
  ])
    svg.setAttribute(attribute, value);
  svg.append(...shapes.map(shapeNode));
  return svg;
}

function shapeNode([tag, attributes, children = []]) {
  const node = document.createElementNS(SVG, tag);
  for (const [attribute, value] of Object.entries(attributes)) node.setAttribute(attribute, value);
  node.append(...children.map(shapeNode));
  return node;
}

let fontFound = null;

function hasEmojiFont() {
  if (fontFound !== null) return fontFound;
  const canvas = document.createElement("canvas");
  canvas.width = canvas.height = 16;
  const brush = canvas.getContext("2d", { willReadFrequently: true });
  brush.font = "12px sans-serif";
  brush.fillStyle = "#000";
  brush.fillText("🚀", 0, 13);
  const pixels = brush.getImageData(0, 0, 16, 16).data;
  fontFound = pixels.some(
    (value, index) =>
      index % 4 === 0 &&
      Math.max(Math.abs(value - pixels[index + 1]), Math.abs(value - pixels[index + 2])) > 40,
  );
  return fontFound;
}
