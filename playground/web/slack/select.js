/** One field for every kind of select: type to filter, arrows to move, Enter to pick; several choices become chips. */

import { h, icon, iconButton, uniqueId } from "./dom.js";
import { float } from "./floating.js";

const PAUSE = 150;

/**
 * A select. `load(query)` answers `[{label, choices: [{key, label, description?, raw}]}]` or `{note}`; `onchange(raws)` hears every change.
 * @param {{load, chosen, multiple, limit, minQuery, placeholder, clearable, label, controls, onchange}} options
 */
export function select(options) {
  const field = {
    ...options,
    chosen: [...options.chosen],
    id: uniqueId("options"),
    active: -1,
    turn: 0,
    hide: null,
  };
  field.input = h("input", {
    type: "text",
    class: "select-input",
    role: "combobox",
    autocomplete: "off",
    spellcheck: "false",
    "aria-autocomplete": "list",
    "aria-expanded": "false",
    "aria-controls": field.id,
    placeholder: options.placeholder ?? "Choose an option",
    ...options.controls,
  });
  field.list = h("div", {
    class: "options",
    popover: "manual",
    role: "listbox",
    id: field.id,
    "aria-label": options.label ?? "Options",
    "aria-multiselectable": options.multiple ? "true" : null,
  });
  field.chips = h("span", { class: "chips" });
  field.clear = iconButton("close", "Clear the choice", () => change(field, []), {
    class: "icon-button select-clear",
  });
  field.box = h(
    "div",
    { class: options.multiple ? "select select-multiple" : "select" },
    field.chips,
    field.input,
    field.clear,
    h("span", { class: "select-arrow" }, icon("chevron")),
    field.list,
  );
  field.input.addEventListener("input", () => open(field, field.input.value));
  field.input.addEventListener("click", () => (field.hide ? null : open(field, "")));
  field.input.addEventListener("focus", () => field.input.select());
  field.input.addEventListener("blur", () => close(field));
  field.input.addEventListener("keydown", (event) => keyed(field, event));
  field.list.addEventListener("pointerdown", (event) => event.preventDefault());
  show(field);
  return field.box;
}

function show(field) {
  const { chosen, multiple, clearable } = field;
  field.clear.hidden = multiple || !clearable || chosen.length === 0;
  field.input.value = multiple ? "" : (chosen[0]?.label ?? "");
  field.input.title = multiple ? "" : (chosen[0]?.label ?? "");
  if (!multiple) return;
  field.chips.replaceChildren(
    ...chosen.map((choice) =>
      h(
        "span",
        { class: "chip" },
        h("span", { class: "chip-label" }, choice.label),
        iconButton("close", `Remove ${choice.label}`, () =>
          change(
            field,
            chosen.filter((other) => other.key !== choice.key),
          ),
        ),
      ),
    ),
  );
}

function change(field, chosen) {
  field.chosen = chosen;
  show(field);
  field.onchange(chosen.map((choice) => choice.raw));
  if (field.hide) paint(field);
  else field.input.focus();
}

async function open(field, query) {
  const turn = ++field.turn;
  if (!field.hide) {
    field.hide = float(field.list, field.box, { sameWidth: true });
    field.input.setAttribute("aria-expanded", "true");
    field.list.replaceChildren();
  }
  if (query.trim().length < (field.minQuery ?? 0)) {
    note(field, `Type at least ${field.minQuery} character${field.minQuery === 1 ? "" : "s"} to search`);
    return;
  }
  if (field.remote) {
    if (field.list.childElementCount === 0) note(field, "Loading…");
    if (query) await new Promise((resolve) => setTimeout(resolve, PAUSE));
    if (turn !== field.turn) return;
  }
  const answer = await field.load(query.trim());
  if (turn !== field.turn || !field.hide) return;
  if (answer.note) note(field, answer.note);
  else fill(field, answer);
}

function note(field, text) {
  field.rows = [];
  activate(field, -1);
  field.list.replaceChildren(
    h("div", { class: "options-note", role: "option", "aria-disabled": "true" }, text),
  );
}

function fill(field, groups) {
  field.rows = [];
  const nodes = groups
    .filter((group) => group.choices.length > 0)
    .map((group) => {
      const heading = group.label
        ? h("div", { class: "options-label", id: uniqueId("group") }, group.label)
        : null;
      return h(
        "div",
        { role: "group", "aria-labelledby": heading?.id },
        heading,
        group.choices.map((choice) => row(field, choice)),
      );
    });
  if (field.rows.length === 0) return note(field, "No matching results");
  field.list.replaceChildren(...nodes);
  paint(field);
  activate(
    field,
    Math.max(
      0,
      field.rows.findIndex(({ choice }) => choice.key === field.chosen[0]?.key),
    ),
  );
}

function row(field, choice) {
  const node = h(
    "div",
    { class: "option", role: "option", id: uniqueId("option") },
    h(
      "span",
      { class: "option-text" },
      h("span", {}, choice.label),
      choice.description ? h("small", {}, choice.description) : null,
    ),
    icon("check"),
  );
  node.addEventListener("click", () => pick(field, choice));
  field.rows.push({ node, choice });
  return node;
}

function paint(field) {
  for (const { node, choice } of field.rows ?? [])
    node.setAttribute("aria-selected", String(field.chosen.some((other) => other.key === choice.key)));
}

function pick(field, choice) {
  const has = field.chosen.some((other) => other.key === choice.key);
  if (!field.multiple) {
    close(field);
    change(field, [choice]);
  } else if (has)
    change(
      field,
      field.chosen.filter((other) => other.key !== choice.key),
    );
  else if (field.chosen.length < (field.limit ?? Infinity)) change(field, [...field.chosen, choice]);
}

function activate(field, index) {
  field.rows?.[field.active]?.node.classList.remove("active");
  field.active = index;
  const row = field.rows?.[index];
  if (!row) {
    field.input.removeAttribute("aria-activedescendant");
    return;
  }
  row.node.classList.add("active");
  row.node.scrollIntoView({ block: "nearest" });
  field.input.setAttribute("aria-activedescendant", row.node.id);
}

function close(field) {
  field.turn += 1;
  field.hide?.();
  field.hide = null;
  field.input.setAttribute("aria-expanded", "false");
  field.input.removeAttribute("aria-activedescendant");
  show(field);
}

function keyed(field, event) {
  const count = field.rows?.length ?? 0;
  const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  if (step && !field.hide) open(field, "");
  else if (step && count > 0) activate(field, (field.active + step + count) % count);
  else if (event.key === "Enter") {
    if (field.hide && field.rows?.[field.active]) pick(field, field.rows[field.active].choice);
    else if (!field.hide) open(field, "");
  } else if (event.key === "Escape" && field.hide) close(field);
  else if (event.key === "Backspace" && field.multiple && field.input.value === "" && field.chosen.length > 0)
    change(field, field.chosen.slice(0, -1));
  else if (!step) return;
  event.preventDefault();
  event.stopPropagation();
}
