/** Panels that float over the page next to what opened them, within the window whatever scrolls around it. */

import { h } from "./dom.js";

const GAP = 4;
const MARGIN = 8;

/** Show a panel (a manual popover inside `anchor`'s parent) at its anchor; returns the function that hides it. */
export function float(panel, anchor, { sameWidth = false } = {}) {
  const place = () => position(panel, anchor, sameWidth);
  panel.showPopover();
  place();
  window.addEventListener("scroll", place, true);
  window.addEventListener("resize", place);
  const observer = new ResizeObserver(place);
  observer.observe(panel);
  return () => {
    observer.disconnect();
    window.removeEventListener("scroll", place, true);
    window.removeEventListener("resize", place);
    if (panel.matches(":popover-open")) panel.hidePopover();
  };
}

function position(panel, anchor, sameWidth) {
  const box = anchor.getBoundingClientRect();
  if (sameWidth) panel.style.width = `${box.width}px`;
  const below = window.innerHeight - box.bottom - GAP - MARGIN;
  const above = box.top - GAP - MARGIN;
  const up = panel.scrollHeight > below && above > below;
  panel.style.maxHeight = `${Math.max(96, Math.min(320, up ? above : below))}px`;
  const left = Math.min(box.left, window.innerWidth - panel.offsetWidth - MARGIN);
  panel.style.left = `${Math.max(MARGIN, left)}px`;
  panel.style.top = up ? `${box.top - GAP - panel.offsetHeight}px` : `${box.bottom + GAP}px`;
}

/** Open a menu of `{label, description?, onpick, danger?}` at a button; arrows move, Enter picks, Escape returns. */
export function openMenu(anchor, items, { label, grid = false }) {
  const menu = h("div", {
    class: grid ? "menu menu-grid" : "menu",
    popover: "manual",
    role: "menu",
    "aria-label": label,
  });
  const close = ({ refocus }) => {
    hide();
    menu.remove();
    anchor.setAttribute("aria-expanded", "false");
    document.removeEventListener("pointerdown", outside, true);
    if (refocus) anchor.focus();
  };
  const outside = (event) => {
    if (!menu.contains(event.target)) close({ refocus: false });
  };
  for (const item of items) menu.append(menuItem(item, () => close({ refocus: true })));
  menu.addEventListener("keydown", (event) => steer(event, menu, close));
  anchor.after(menu);
  anchor.setAttribute("aria-expanded", "true");
  const hide = float(menu, anchor);
  document.addEventListener("pointerdown", outside, true);
  menu.firstElementChild?.focus();
}

function menuItem({ label, description, onpick, danger }, close) {
  const pick = () => {
    close();
    onpick();
  };
  return h(
    "button",
    {
      type: "button",
      role: "menuitem",
      tabindex: "-1",
      class: danger ? "menu-item danger" : "menu-item",
      "aria-label": typeof label === "string" ? null : description,
      onclick: pick,
    },
    h("span", {}, label),
    typeof label === "string" && description ? h("small", {}, description) : null,
  );
}

const STEPS = { ArrowDown: 1, ArrowRight: 1, ArrowUp: -1, ArrowLeft: -1 };

function steer(event, menu, close) {
  const items = [...menu.children];
  const at = items.indexOf(document.activeElement);
  if (event.key in STEPS) items.at((at + STEPS[event.key]) % items.length).focus();
  else if (event.key === "Home") items[0].focus();
  else if (event.key === "End") items.at(-1).focus();
  else if (event.key === "Escape" || event.key === "Tab") close({ refocus: true });
  else return;
  event.preventDefault();
  event.stopPropagation();
}
