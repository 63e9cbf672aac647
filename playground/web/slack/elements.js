/** The interactive elements of Block Kit, by type. */

import { h, icon, link, safeUrl, uniqueId } from "./dom.js";
import { confirmed } from "./confirm.js";
import { openMenu } from "./floating.js";
import {
  checkboxes,
  dateTimeInput,
  fileInput,
  momentInput,
  radioButtons,
  settle,
  textInput,
  typedInput,
} from "./inputs.js";
import { select } from "./select.js";
import { plain, renderText } from "./text.js";

const RENDER = {
  button,
  overflow,
  plain_text_input: textInput,
  email_text_input: typedInput("email"),
  url_text_input: typedInput("url"),
  number_input: typedInput("number"),
  datepicker: momentInput("date", "selected_date"),
  timepicker: momentInput("time", "selected_time"),
  datetimepicker: dateTimeInput,
  checkboxes,
  radio_buttons: radioButtons,
  file_input: fileInput,
  static_select: optionSelect({ source: fixedOptions }),
  multi_static_select: optionSelect({ source: fixedOptions, multiple: true }),
  external_select: optionSelect({ source: suggestedOptions, remote: true }),
  multi_external_select: optionSelect({ source: suggestedOptions, remote: true, multiple: true }),
  users_select: idSelect("selected_user", people),
  multi_users_select: idSelect("selected_users", people, { multiple: true }),
  conversations_select: idSelect("selected_conversation", conversations),
  multi_conversations_select: idSelect("selected_conversations", conversations, { multiple: true }),
  channels_select: idSelect("selected_channel", conversations),
  multi_channels_select: idSelect("selected_channels", conversations, { multiple: true }),
};

/** The node of an element; `controls` are the attributes that tie it to its label, hint and error. */
export function renderElement(element, block, ctx, controls = {}) {
  const render = RENDER[element.type];
  if (!render)
    return h(
      "div",
      { class: "unknown", role: "note" },
      `Unknown element: ${element.type ?? "without a type"}`,
    );
  return render(element, block, ctx, {
    id: uniqueId("field"),
    "aria-label": controls["aria-labelledby"] ? null : plain(element.placeholder) || element.action_id,
    "data-focus-key": element.action_id,
    ...controls,
  });
}

function button(element, block, ctx) {
  const style = ["primary", "danger"].includes(element.style) ? ` ${element.style}` : "";
  const props = {
    class: `button${style}`,
    "aria-label": element.accessibility_label,
    "data-focus-key": element.action_id,
  };
  const send = () => ctx.act(block, element, { value: element.value });
  if (element.url && safeUrl(element.url) && !element.confirm) {
    return link(
      element.url,
      h("span", { class: "button-label" }, renderText(element.text, ctx.names), icon("external")),
      { ...props, onclick: send },
    );
  }
  const node = h(
    "button",
    { type: "button", ...props },
    h("span", { class: "button-label" }, renderText(element.text, ctx.names)),
  );
  node.addEventListener("click", async () => {
    if (
      node.getAttribute("aria-busy") === "true" ||
      (element.confirm && !(await confirmed(element.confirm, ctx.names)))
    )
      return;
    if (element.url && safeUrl(element.url)) window.open(safeUrl(element.url), "_blank", "noopener");
    node.setAttribute("aria-busy", "true");
    await send();
    node.removeAttribute("aria-busy");
  });
  return node;
}

function overflow(element, block, ctx) {
  const node = h(
    "button",
    {
      type: "button",
      class: "button overflow",
      "aria-haspopup": "menu",
      "aria-expanded": "false",
      "aria-label": "More options",
      "data-focus-key": element.action_id,
    },
    icon("more"),
  );
  const pick = async (option) => {
    if (element.confirm && !(await confirmed(element.confirm, ctx.names))) return;
    if (option.url && safeUrl(option.url)) window.open(safeUrl(option.url), "_blank", "noopener");
    await ctx.act(block, element, { selected_option: option });
  };
  node.addEventListener("click", () =>
    openMenu(
      node,
      element.options.map((option) => ({
        label: plain(option.text),
        description: plain(option.description),
        onpick: () => pick(option),
      })),
      { label: "More options" },
    ),
  );
  return node;
}

function optionSelect({ source, multiple = false, remote = false }) {
  return (element, block, ctx, controls) => {
    const name = multiple ? "selected_options" : "selected_option";
    const held = ctx.entries.read(block, element)[name];
    return build({
      remote,
      multiple,
      element,
      block,
      ctx,
      controls,
      minQuery: remote ? (element.min_query_length ?? 3) : 0,
      chosen: (multiple ? held : [held].filter(Boolean)).map(choice),
      load: (query) => source(element, block, ctx, query),
      value: (raws) => ({ [name]: multiple ? raws : (raws[0] ?? null) }),
    });
  };
}

function idSelect(name, choices, { multiple = false } = {}) {
  return (element, block, ctx, controls) => {
    const all = choices(ctx.names, element);
    const held = ctx.entries.read(block, element)[name];
    const ids = multiple ? held : [held].filter(Boolean);
    return build({
      multiple,
      element,
      block,
      ctx,
      controls,
      chosen: ids.map((id) => all.find((each) => each.key === id) ?? { key: id, label: id, raw: id }),
      load: async (query) => [{ choices: all.filter((each) => matches(each, query)) }],
      value: (raws) => ({ [name]: multiple ? raws : (raws[0] ?? null) }),
    });
  };
}

function build({ element, block, ctx, controls, value, ...options }) {
  const onchange = async (raws) => {
    if (element.confirm && !(await confirmed(element.confirm, ctx.names))) return;
    settle(block, element, ctx, value(raws));
  };
  return select({
    ...options,
    limit: element.max_selected_items,
    placeholder: plain(element.placeholder) || null,
    label: plain(block.label) || null,
    clearable: block.type === "input" && block.optional === true,
    controls,
    onchange,
  });
}

function choice(option) {
  return {
    key: option.value,
    label: plain(option.text),
    description: plain(option.description),
    raw: option,
  };
}

function grouped(answer) {
  if (answer.option_groups)
    return answer.option_groups.map((group) => ({
      label: plain(group.label),
      choices: group.options.map(choice),
    }));
  return [{ choices: (answer.options ?? []).map(choice) }];
}

function matches({ label, description }, query) {
  return `${label} ${description ?? ""}`.toLowerCase().includes(query.toLowerCase());
}

async function fixedOptions(element, block, ctx, query) {
  return grouped(element).map((group) => ({
    ...group,
    choices: group.choices.filter((each) => matches(each, query)),
  }));
}

async function suggestedOptions(element, block, ctx, query) {
  const answer = await ctx.suggest(block, element, query);
  return answer.ok === false
    ? { note: `The options could not be loaded (${answer.error})` }
    : grouped(answer);
}

function people(names) {
  return names.users.map((user) => ({
    key: user.id,
    label: user.real_name || user.name,
    description: `@${user.name}`,
    raw: user.id,
  }));
}

function conversations(names) {
  return names.channels.map((channel) => ({ key: channel.id, label: `#${channel.name}`, raw: channel.id }));
}
