/** Emoji drawn for this page, as SVG shapes on a 20 × 20 square. */

const disc = (colour) => [["circle", { cx: 10, cy: 10, r: 8, fill: colour }]];
const stroke = (d, colour = "#fff") => [
  "path",
  {
    d,
    fill: "none",
    stroke: colour,
    "stroke-width": 2.4,
    "stroke-linecap": "round",
    "stroke-linejoin": "round",
  },
];
const plate = (colour, ...marks) => [
  ["rect", { x: 1.5, y: 1.5, width: 17, height: 17, rx: 4, fill: colour }],
  ...marks,
];
const thumb = (transform = "") => [
  [
    "path",
    {
      d: "M3 9h3v8H3zM7 9l3-6.500c1.8 0 2.3 1.3 2 2.500L11.5 8H16c1.3 0 1.8 1 1.5 2l-1.5 5.500c-.3 1-1 1.5-2 1.500H7z",
      fill: "#f2b632",
      stroke: "#a87512",
      "stroke-width": 0.8,
      "stroke-linejoin": "round",
      transform,
    },
  ],
];
const eye = (x) => [
  "g",
  { fill: "#1d1f27", stroke: "#fff" },
  [
    ["ellipse", { cx: x, cy: 10, rx: 3.8, ry: 5.5, fill: "#fff", stroke: "#5c6b7a", "stroke-width": 1 }],
    ["circle", { cx: x + 1, cy: 11.5, r: 1.9, stroke: "none" }],
  ],
];
const glass = [
  ["path", { d: "M5 2h10M5 18h10", stroke: "#7a5a36", "stroke-width": 2, "stroke-linecap": "round" }],
  [
    "path",
    {
      d: "M6 3h8c0 4-3 5-3 7s3 3 3 7H6c0-4 3-5 3-7S6 7 6 3z",
      fill: "#dcecf5",
      stroke: "#7c97a6",
      "stroke-width": 1,
    },
  ],
  [
    "path",
    { d: "M7.5 16.500h5c-.4-1.8-2-2.3-2.5-3.5-.5 1.2-2.1 1.7-2.5 3.500zM8 6h4l-2 3z", fill: "#e0a233" },
  ],
];

/** Shapes by emoji name, each an SVG element and its attributes. */
export const DRAWN = {
  white_check_mark: plate("#2b9a57", stroke("M5.5 10.500l3 3 6-7")),
  heavy_check_mark: [stroke("M4 10.500l4 4 8-9", "#2b9a57")],
  x: [stroke("M4.5 4.500l11 11M15.5 4.500l-11 11", "#d13b3b")],
  no_entry: [...disc("#d13b3b"), stroke("M6 10h8")],
  warning: [
    [
      "path",
      {
        d: "M10 2l8.5 15.500h-17z",
        fill: "#f0b429",
        stroke: "#f0b429",
        "stroke-width": 1.5,
        "stroke-linejoin": "round",
      },
    ],
    stroke("M10 8v4M10 14.800v.01", "#4b3600"),
  ],
  information_source: plate("#3b74c4", stroke("M10 9.500v5M10 5.800v.01")),
  question: [stroke("M6.5 7a3.5 3.5 0 115.2 3c-1.2.7-1.7 1.3-1.7 2.600M10 16.400v.01", "#d13b3b")],
  hourglass: glass,
  hourglass_flowing_sand: glass,
  red_circle: disc("#d13b3b"),
  large_green_circle: disc("#2b9a57"),
  large_yellow_circle: disc("#f0b429"),
  large_orange_circle: disc("#e3812b"),
  large_blue_circle: disc("#3b74c4"),
  white_circle: [
    ["circle", { cx: 10, cy: 10, r: 7, fill: "#f4f4f6", stroke: "#9a9aa5", "stroke-width": 1.5 }],
  ],
  lock: [
    ["rect", { x: 4, y: 9, width: 12, height: 9, rx: 2, fill: "#e0a233" }],
    ["path", { d: "M6.5 9V6.500a3.5 3.5 0 017 0V9", fill: "none", stroke: "#8b8f98", "stroke-width": 2 }],
  ],
  arrow_right: plate("#5c6b7a", stroke("M5.5 10h9M11 6.500l3.5 3.5-3.5 3.5")),
  arrows_counterclockwise: plate(
    "#5c6b7a",
    stroke("M14 8a4.5 4.5 0 00-8-.500M6 12a4.5 4.5 0 008 .500M6 5v3h3M14 15v-3h-3"),
  ),
  pause_button: plate("#5c6b7a", stroke("M7.7 6.500v7M12.3 6.500v7")),
  stop_button: plate("#5c6b7a", ["rect", { x: 6.5, y: 6.5, width: 7, height: 7, fill: "#fff" }]),
  "+1": thumb(),
  "-1": thumb("rotate(180 10 10)"),
  eyes: [eye(5.7), eye(14.3)],
  heart: [
    [
      "path",
      {
        d: "M10 17.5C3 12.5 1.5 9 2.2 6.2 3.2 2.7 8 2.2 10 5.600c2-3.4 6.8-2.9 7.8.6.7 2.8-.8 6.3-7.8 11.300z",
        fill: "#d6394c",
      },
    ],
  ],
  fire: [
    [
      "path",
      {
        d: "M10 1.500c1 3 5.5 5.5 5.5 10.500a5.5 6.5 0 01-11 0c0-3 2-4 2.5-6.5 1.5.8 2 2 2 3C10 7 10.5 4 10 1.500z",
        fill: "#e8641b",
      },
    ],
    ["path", { d: "M10 9.500c.5 2 2.5 2.5 2.5 5a2.5 3 0 01-5 0c0-1.8 1.5-2.5 2.5-5z", fill: "#f6c445" }],
  ],
  rocket: [
    ["path", { d: "M18 2c-5-.5-9 2-11.5 6.500L9 13l2.5 1C16 11 18.5 7 18 2z", fill: "#c9d2de" }],
    ["path", { d: "M7 8L3 9l-1 3 4-.500zM12 13l-1 4-3 1 .5-4z", fill: "#d13b3b" }],
    ["circle", { cx: 13, cy: 7, r: 2, fill: "#3b74c4" }],
    ["path", { d: "M6.5 12.500c-2 .5-3 2.5-3 5 2.5 0 4.5-1 5-3z", fill: "#f0a429" }],
  ],
  tada: [
    ["path", { d: "M2 18l4-11 7 7z", fill: "#f0b429" }],
    [
      "path",
      {
        d: "M11 8c.5-2 2-3 1.5-5.500M13 10c2-.5 3-2 5.5-1.5",
        fill: "none",
        stroke: "#3b74c4",
        "stroke-width": 1.5,
        "stroke-linecap": "round",
      },
    ],
    [
      "path",
      {
        d: "M8 3v.01M16 4v.01M17 13v.01M14.5 16v.01",
        stroke: "#d13b3b",
        "stroke-width": 2.5,
        "stroke-linecap": "round",
      },
    ],
  ],
};
