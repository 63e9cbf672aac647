/** Building nodes. Text only ever becomes a text node or an attribute, so nothing a peer sends can become markup. */

const SVG = "http://www.w3.org/2000/svg";

const ICONS = {
  close: "M5 5l10 10M15 5L5 15",
  back: "M12 4l-6 6 6 6",
  menu: "M3 5h14M3 10h14M3 15h14",
  more: "M10 4.5v.01M10 10v.01M10 15.5v.01",
  reply: "M4 4h12v9H9l-4 3v-3H4z",
  smile: "M10 2.5a7.5 7.5 0 100 15 7.5 7.5 0 000-15M7.3 8v.01M12.7 8v.01M6.8 11.8c1.6 2.2 4.8 2.2 6.4 0",
  eye: "M2 10c3.5-6 12.5-6 16 0-3.5 6-12.5 6-16 0M10 7.700a2.3 2.3 0 100 4.6 2.3 2.3 0 000-4.6",
  send: "M3 10l14-6-4.5 13-3-5.500zM9.5 11.500L17 4",
  attach:
    "M15.5 9.500l-5.8 5.800a3.5 3.5 0 01-5-5l6.3-6.300a2.4 2.4 0 013.4 3.400l-6.2 6.200a1.2 1.2 0 01-1.7-1.700L12 6.5",
  chevron: "M5 7.500l5 5 5-5",
  external: "M8 4H4v12h12v-4M11 3.500h5.500V9M16.5 3.500L9 11",
  home: "M3 9.500L10 4l7 5.500V17h-5v-4.500H8V17H3z",
  lock: "M5 9h10v8H5zM7 9V6.500a3 3 0 016 0V9",
  bolt: "M11 2.500L4.5 11.500H10l-1 6 6.5-9H10z",
  file: "M5 2.500h6.500L15.5 6.500v11H5zM11.5 2.500v4h4",
  check: "M4 10.500l4 4 8-9",
  alert: "M10 3l8 14H2zM10 8.500v4M10 14.800v.01",
  info: "M10 2.500a7.5 7.5 0 100 15 7.5 7.5 0 000-15M10 9v5M10 6.300v.01",
};

/** Make an element: props are attributes, `on…` listeners; children are nodes, texts or (nested) lists of them. */
export function h(tag, props = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(props ?? {})) {
    if (value === null || value === undefined || value === false) continue;
    if (name.startsWith("on") && typeof value === "function") node.addEventListener(name.slice(2), value);
    else node.setAttribute(name, value === true ? "" : String(value));
  }
  append(node, children);
  return node;
}

/** Append children to a node, flattening lists and leaving out null, undefined and false. */
export function append(node, children) {
  for (const child of [children].flat(Infinity)) {
    if (child === null || child === undefined || child === false) continue;
    node.append(child instanceof Node ? child : document.createTextNode(String(child)));
  }
  return node;
}

/** A fragment of the children. */
export function fragment(...children) {
  return append(document.createDocumentFragment(), children);
}

/** One of the page's own line icons, hidden from assistive technology. */
export function icon(name) {
  const svg = document.createElementNS(SVG, "svg");
  svg.setAttribute("viewBox", "0 0 20 20");
  svg.setAttribute("class", "icon");
  svg.setAttribute("aria-hidden", "true");
  const path = document.createElementNS(SVG, "path");
  path.setAttribute("d", ICONS[name]);
  svg.append(path);
  return svg;
}

/** A button that shows an icon and is named by its label. */
export function iconButton(name, label, onclick, props = {}) {
  return h(
    "button",
    { type: "button", class: "icon-button", "aria-label": label, title: label, onclick, ...props },
    icon(name),
  );
}

let counter = 0;

/** An id no other element of the page has. */
export function uniqueId(prefix) {
  counter += 1;
  return `${prefix}-${counter}`;
}

/** Only web and mail addresses may become links; anything else (javascript:, data:, file:) is null. */
export function safeUrl(address) {
  try {
    const url = new URL(address);
    return ["http:", "https:", "mailto:"].includes(url.protocol) ? url.href : null;
  } catch {
    return null;
  }
}

/** A link that opens in a new tab, or its plain label where the address may not be opened. */
export function link(address, label, props = {}) {
  const href = safeUrl(address);
  if (!href) return h("span", {}, label ?? address);
  return h("a", { href, target: "_blank", rel: "noopener noreferrer", ...props }, label ?? address);
}

/** Make a list's children equal to items, keeping the node of every item whose key and content did not change. */
export function reconcile(list, items, { key, render }) {
  const known = new Map([...list.children].map((node) => [node.dataset.key, node]));
  const wanted = items.map((item) => {
    const old = known.get(key(item));
    const version = JSON.stringify(item);
    if (old && old.reconciledVersion === version) return old;
    const fresh = render(item);
    fresh.dataset.key = key(item);
    fresh.reconciledVersion = version;
    if (old) keepFocus(old, fresh);
    return fresh;
  });
  for (const node of known.values()) if (!wanted.includes(node)) node.remove();
  wanted.forEach((node, index) => {
    if (list.children[index] !== node) list.insertBefore(node, list.children[index] ?? null);
  });
}

function keepFocus(old, fresh) {
  const focused = old.contains(document.activeElement) ? document.activeElement : null;
  const handle = focused?.dataset.focusKey;
  if (!handle) return;
  queueMicrotask(() =>
    fresh.querySelector(`[data-focus-key="${CSS.escape(handle)}"]`)?.focus({ preventScroll: true }),
  );
}
