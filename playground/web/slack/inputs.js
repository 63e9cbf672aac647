/** The elements a person types into or ticks. Each is `(element, block, ctx, controls) → node`. */

import { h, uniqueId } from "./dom.js";
import { plain, renderText } from "./text.js";

/** A line or an area of text; with `dispatch_action_config` also an action while typing or on Enter. */
export function textInput(element, block, ctx, controls) {
  const tag = element.multiline ? "textarea" : "input";
  const node = h(tag, {
    class: "text-input",
    type: tag === "input" ? "text" : null,
    rows: element.multiline ? "4" : null,
    maxlength: element.max_length,
    minlength: element.min_length,
    placeholder: plain(element.placeholder) || null,
    ...controls,
  });
  node.value = ctx.entries.read(block, element).value ?? "";
  const triggers = element.dispatch_action_config?.trigger_actions_on ?? ["on_enter_pressed"];
  const send = () => ctx.act(block, element, { value: node.value || null });
  const counter = element.max_length ? h("span", { class: "counter", "aria-hidden": "true" }) : null;
  const count = () =>
    counter &&
    (counter.textContent =
      node.value.length > element.max_length * 0.8 ? `${element.max_length - node.value.length}` : "");
  node.addEventListener("input", () => {
    keep(block, element, ctx, { value: node.value || null });
    count();
    if (block.dispatch_action && triggers.includes("on_character_entered")) send();
  });
  node.addEventListener("keydown", (event) => {
    if (
      event.key !== "Enter" ||
      event.isComposing ||
      element.multiline ||
      !block.dispatch_action ||
      !triggers.includes("on_enter_pressed")
    )
      return;
    event.preventDefault();
    send();
  });
  count();
  return counter ? h("div", { class: "counted" }, node, counter) : node;
}

/** A field of the browser for numbers, mail and web addresses. */
export function typedInput(type) {
  return (element, block, ctx, controls) => {
    const isNumber = type === "number";
    const node = h("input", {
      class: "text-input",
      type: isNumber ? "text" : type,
      inputmode: isNumber ? (element.is_decimal_allowed ? "decimal" : "numeric") : null,
      placeholder: plain(element.placeholder) || null,
      autocomplete: "off",
      ...controls,
    });
    node.value = ctx.entries.read(block, element).value ?? "";
    node.addEventListener("input", () => keep(block, element, ctx, { value: node.value || null }));
    node.addEventListener(
      "change",
      () => block.dispatch_action && ctx.act(block, element, { value: node.value || null }),
    );
    return node;
  };
}

/** A date or a time of day, held under the name Slack gives it. */
export function momentInput(type, name) {
  return (element, block, ctx, controls) => {
    const node = h("input", { class: "text-input moment", type, ...controls });
    node.value = ctx.entries.read(block, element)[name] ?? "";
    node.addEventListener("change", () => settle(block, element, ctx, { [name]: node.value || null }));
    return node;
  };
}

/** A date with a time, held as seconds since 1970. */
export function dateTimeInput(element, block, ctx, controls) {
  const node = h("input", { class: "text-input moment", type: "datetime-local", ...controls });
  const seconds = ctx.entries.read(block, element).selected_date_time;
  if (seconds) {
    const moment = new Date(seconds * 1000);
    node.value = new Date(moment.getTime() - moment.getTimezoneOffset() * 60_000).toISOString().slice(0, 16);
  }
  node.addEventListener("change", () =>
    settle(block, element, ctx, {
      selected_date_time: node.value ? Math.floor(new Date(node.value).getTime() / 1000) : null,
    }),
  );
  return node;
}

/** Checkboxes: any number of options. */
export function checkboxes(element, block, ctx, controls) {
  const chosen = () => ctx.entries.read(block, element).selected_options;
  return ticks(
    "checkbox",
    { element, ctx, controls },
    {
      isOn: (option) => chosen().some((other) => other.value === option.value),
      toggle: (option, on) => {
        const rest = chosen().filter((other) => other.value !== option.value);
        const wanted = on ? [...rest, option] : rest;
        settle(block, element, ctx, {
          selected_options: element.options.filter((each) =>
            wanted.some((other) => other.value === each.value),
          ),
        });
      },
    },
  );
}

/** Radio buttons: exactly one option. */
export function radioButtons(element, block, ctx, controls) {
  return ticks(
    "radio",
    { element, ctx, controls },
    {
      isOn: (option) => ctx.entries.read(block, element).selected_option?.value === option.value,
      toggle: (option) => settle(block, element, ctx, { selected_option: option }),
    },
  );
}

function ticks(type, { element, ctx, controls }, { isOn, toggle }) {
  const group = uniqueId("group");
  const { id, ...described } = controls;
  return h(
    "div",
    {
      class: "ticks",
      role: type === "radio" ? "radiogroup" : "group",
      id,
      ...described,
      "aria-required": type === "radio" ? described["aria-required"] : null,
    },
    element.options.map((option) => {
      const box = h("input", { type, name: group, "data-focus-key": `${element.action_id}:${option.value}` });
      box.checked = isOn(option);
      box.addEventListener("change", () => toggle(option, box.checked));
      const description = option.description
        ? h("small", {}, renderText(option.description, ctx.names))
        : null;
      return h(
        "label",
        { class: "tick" },
        box,
        h("span", {}, renderText(option.text, ctx.names), description),
      );
    }),
  );
}

/** Files to hand over, read as text when chosen. */
export function fileInput(element, block, ctx, controls) {
  const { placeholder, ...rest } = controls;
  const node = h("input", {
    class: "file-input",
    type: "file",
    multiple: (element.max_files ?? 10) > 1,
    accept: element.filetypes?.map((type) => `.${type}`).join(",") || null,
    ...rest,
  });
  const names = h("ul", { class: "file-names", "aria-live": "polite" });
  const show = () =>
    names.replaceChildren(
      ...ctx.entries
        .read(block, element)
        .files.map((file) => h("li", {}, `${file.name} · ${file.size} bytes`)),
    );
  node.addEventListener("change", async () => {
    const files = await Promise.all([...node.files].slice(0, element.max_files ?? 10).map(readFile));
    keep(block, element, ctx, { files });
    show();
  });
  show();
  return h("div", {}, node, names);
}

/** What is sent of a chosen file. */
export async function readFile(file) {
  return {
    name: file.name,
    mimetype: file.type || "text/plain",
    size: file.size,
    content: await file.text(),
  };
}

function keep(block, element, ctx, value) {
  ctx.entries.write(block, element, value);
  ctx.edited(block);
}

/** Keep a value and, where the block says so (always outside input blocks), tell the app. */
export function settle(block, element, ctx, value) {
  keep(block, element, ctx, value);
  if (block.type !== "input" || block.dispatch_action) ctx.act(block, element, value);
}
