/** A small set of emoji. The signs of state are drawn here, so that they look the same without an emoji font. */

import { h } from "./dom.js";

const SVG = "http://www.w3.org/2000/svg";

const disc = (colour) => [["circle", { cx: 10, cy: 10, r: 8, fill: colour }]];
const stroke = (d, colour = "#fff") => ["path", { d, fill: "none", stroke: colour, "stroke-width": 2.4, "stroke-linecap": "round", "stroke-linejoin": "round" }];
const plate = (colour, ...marks) => [["rect", { x: 1.5, y: 1.5, width: 17, height: 17, rx: 4, fill: colour }], ...marks];
const glass = [
  ["path", { d: "M5 2h10M5 18h10", stroke: "#7a5a36", "stroke-width": 2, "stroke-linecap": "round" }],
  ["path", { d: "M6 3h8c0 4-3 5-3 7s3 3 3 7H6c0-4 3-5 3-7S6 7 6 3z", fill: "#dcecf5", stroke: "#7c97a6", "stroke-width": 1 }],
  ["path", { d: "M7.5 16.500h5c-.4-1.8-2-2.3-2.5-3.5-.5 1.2-2.1 1.7-2.5 3.500zM8 6h4l-2 3z", fill: "#e0a233" }],
];

const DRAWN = {
  white_check_mark: plate("#2b9a57", stroke("M5.5 10.500l3 3 6-7")),
  heavy_check_mark: [stroke("M4 10.500l4 4 8-9", "#2b9a57")],
  x: [stroke("M4.5 4.500l11 11M15.5 4.500l-11 11", "#d13b3b")],
  no_entry: [...disc("#d13b3b"), stroke("M6 10h8")],
  warning: [["path", { d: "M10 2l8.5 15.500h-17z", fill: "#f0b429", stroke: "#f0b429", "stroke-width": 1.5, "stroke-linejoin": "round" }], stroke("M10 8v4M10 14.800v.01", "#4b3600")],
  information_source: plate("#3b74c4", stroke("M10 9.500v5M10 5.800v.01")),
  question: [stroke("M6.5 7a3.5 3.5 0 115.2 3c-1.2.7-1.7 1.3-1.7 2.600M10 16.400v.01", "#d13b3b")],
  hourglass: glass,
  hourglass_flowing_sand: glass,
  red_circle: disc("#d13b3b"),
  large_green_circle: disc("#2b9a57"),
  large_yellow_circle: disc("#f0b429"),
  large_orange_circle: disc("#e3812b"),
  large_blue_circle: disc("#3b74c4"),
  white_circle: [["circle", { cx: 10, cy: 10, r: 7, fill: "#f4f4f6", stroke: "#9a9aa5", "stroke-width": 1.5 }]],
  lock: [["rect", { x: 4, y: 9, width: 12, height: 9, rx: 2, fill: "#e0a233" }], ["path", { d: "M6.5 9V6.500a3.5 3.5 0 017 0V9", fill: "none", stroke: "#8b8f98", "stroke-width": 2 }]],
  arrow_right: plate("#5c6b7a", stroke("M5.5 10h9M11 6.500l3.5 3.5-3.5 3.5")),
  arrows_counterclockwise: plate("#5c6b7a", stroke("M14 8a4.5 4.5 0 00-8-.500M6 12a4.5 4.5 0 008 .500M6 5v3h3M14 15v-3h-3")),
  pause_button: plate("#5c6b7a", stroke("M7.7 6.500v7M12.3 6.500v7")),
  stop_button: plate("#5c6b7a", ["rect", { x: 6.5, y: 6.5, width: 7, height: 7, fill: "#fff" }]),
};

const ALIASES = { red_square: "red_circle", green_circle: "large_green_circle", yellow_circle: "large_yellow_circle", grey_question: "question", info: "information_source", repeat: "arrows_counterclockwise", no_entry_sign: "no_entry" };

const CHARACTERS = {
  "+1": "👍", thumbsup: "👍", "-1": "👎", thumbsdown: "👎", eyes: "👀", tada: "🎉", rocket: "🚀", heart: "❤️", fire: "🔥", robot_face: "🤖",
  wave: "👋", pray: "🙏", smile: "😄", slightly_smiling_face: "🙂", thinking_face: "🤔", raised_hands: "🙌", clap: "👏", memo: "📝", mag: "🔍",
  bug: "🐛", wrench: "🔧", gear: "⚙️", key: "🔑", moneybag: "💰", bar_chart: "📊", clock1: "🕐", stopwatch: "⏱️", calendar: "📅", link: "🔗",
  package: "📦", page_facing_up: "📄", clipboard: "📋", speech_balloon: "💬", bell: "🔔", zap: "⚡", sparkles: "✨", bulb: "💡", crescent_moon: "🌙",
  sunrise: "🌅", octagonal_sign: "🛑", construction: "🚧", test_tube: "🧪", shield: "🛡️", pushpin: "📌", point_right: "👉", 100: "💯",
  arrow_up: "⬆️", arrow_down: "⬇️", leftwards_arrow_with_hook: "↩️", heavy_plus_sign: "➕", scissors: "✂️", see_no_evil: "🙈", one: "1️⃣", two: "2️⃣", three: "3️⃣",
};

/** The reactions offered by the picker. */
export const REACTIONS = ["+1", "-1", "eyes", "white_check_mark", "x", "tada", "rocket", "heart", "fire", "warning", "question", "no_entry", "hourglass_flowing_sand", "robot_face", "pray", "thinking_face"];

/** An emoji by its name without colons, as an image with a text alternative; an unknown one stays `:name:`. */
export function emoji(name) {
  const plain = name.replace(/::skin-tone-\d$/, "");
  const shapes = DRAWN[plain] ?? DRAWN[ALIASES[plain]];
  if (shapes) return drawn(plain, shapes);
  const character = Object.hasOwn(CHARACTERS, plain) && hasEmojiFont() ? CHARACTERS[plain] : null;
  if (!character) return h("span", { class: "emoji-name" }, `:${name}:`);
  return h("span", { class: "emoji", role: "img", "aria-label": `${plain} emoji`, title: `:${plain}:` }, character);
}

/** The text with the known emoji names replaced by characters, for places that hold text only (select options, titles). */
export function emojiText(text) {
  return text.replace(/:([a-z0-9_+-]+):/g, (whole, name) => (Object.hasOwn(CHARACTERS, name) && hasEmojiFont() ? CHARACTERS[name] : whole));
}

/** Whether a name is one this page can show. */
export function isKnownEmoji(name) {
  return Object.hasOwn(DRAWN, name) || Object.hasOwn(ALIASES, name) || Object.hasOwn(CHARACTERS, name);
}

function drawn(name, shapes) {
  const svg = document.createElementNS(SVG, "svg");
  for (const [attribute, value] of [["viewBox", "0 0 20 20"], ["class", "emoji emoji-drawn"], ["role", "img"], ["aria-label", `${name} emoji`]]) svg.setAttribute(attribute, value);
  for (const [tag, attributes] of shapes) {
    const shape = document.createElementNS(SVG, tag);
    for (const [attribute, value] of Object.entries(attributes)) shape.setAttribute(attribute, value);
    svg.append(shape);
  }
  return svg;
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
  fontFound = pixels.some((value, index) => index % 4 === 0 && Math.max(Math.abs(value - pixels[index + 1]), Math.abs(value - pixels[index + 2])) > 40);
  return fontFound;
}
