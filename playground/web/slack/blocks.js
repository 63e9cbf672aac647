/** Block Kit's blocks as nodes. What this page does not know is shown as an unknown block, never dropped. */

import { append, fragment, h, icon, link, uniqueId } from "./dom.js";
import { renderElement } from "./elements.js";
import { fileCard } from "./files.js";
import { markdown } from "./markdown.js";
import { richText } from "./richtext.js";
import { tableNode } from "./table.js";
import { decode, plain, renderText } from "./text.js";

const RENDER = {
  section,
  divider: () => h("hr", { class: "divider" }),
  image,
  actions,
  context,
  input,
  header,
  table,
  alert,
  file: (block) => fileCard({ name: block.external_id ?? "File", pretty_type: "Remote file" }),
  markdown: (block) => h("div", { class: "markdown" }, markdown(decode(block.text))),
  rich_text: (block, ctx) => richText(block, ctx.names),
};

/**
 * Render blocks. `ctx` is `{names, entries, errors, act(block, element, value), suggest(block, element, query), edited(block)}`.
 */
export function renderBlocks(blocks, ctx) {
  return h(
    "div",
    { class: "blocks" },
    blocks.map((block) => {
      const known = Object.hasOwn(RENDER, block?.type);
      return h(
        "div",
        { class: `block block-${known ? block.type : "unknown"}`, "data-block-id": block?.block_id },
        known ? RENDER[block.type](block, ctx) : unknown(block),
      );
    }),
  );
}

function unknown(block) {
  return h(
    "div",
    { class: "unknown", role: "note" },
    h("strong", {}, `Unknown block: ${block?.type ?? "without a type"}`),
    h(
      "details",
      {},
      h("summary", {}, "What was sent"),
      h("pre", { class: "code-block", tabindex: "0" }, JSON.stringify(block, null, 2)),
    ),
  );
}

function section(block, ctx) {
  const { fields, accessory } = block;
  const text = block.text
    ? h("div", { class: "section-text", id: uniqueId("section") }, renderText(block.text, ctx.names))
    : null;
  const grid = fields
    ? h(
        "div",
        { class: "fields" },
        fields.map((field) => h("div", { class: "field" }, renderText(field, ctx.names))),
      )
    : null;
  const labelled =
    accessory && !["button", "overflow", "image"].includes(accessory.type) && text
      ? { "aria-labelledby": text.id }
      : {};
  return h(
    "div",
    { class: `section${accessory ? ` with-${accessory.type}` : ""}` },
    h("div", { class: "section-body" }, text, grid),
    accessory
      ? h(
          "div",
          { class: "accessory" },
          accessory.type === "image"
            ? picture(accessory, "accessory-image")
            : renderElement(accessory, block, ctx, labelled),
        )
      : null,
  );
}

function image(block, ctx) {
  return h(
    "figure",
    { class: "image" },
    block.title ? h("figcaption", {}, renderText(block.title, ctx.names)) : null,
    picture(block, "image-block"),
  );
}

/** An image of this machine; one from elsewhere is named and linked, as this page loads nothing from the network. */
function picture({ image_url: address, slack_file: file, alt_text: alt }, name) {
  const source = address ?? file?.url ?? (file?.id ? `/_files/${encodeURIComponent(file.id)}/image` : "");
  if (isLocal(source)) return h("img", { class: name, src: source, alt: alt ?? "", loading: "lazy" });
  return h(
    "span",
    { class: "image-elsewhere", role: "img", "aria-label": alt },
    link(source, alt || "Image"),
  );
}

function isLocal(address) {
  try {
    const url = new URL(address, location.href);
    return url.protocol === "data:" || ["127.0.0.1", "localhost", "[::1]"].includes(url.hostname);
  } catch {
    return false;
  }
}

function actions(block, ctx) {
  return h(
    "div",
    { class: "actions", role: "group", "aria-label": "Actions" },
    block.elements.map((element) => renderElement(element, block, ctx)),
  );
}

function context(block, ctx) {
  return h(
    "div",
    { class: "context" },
    block.elements.map((element) =>
      element.type === "image"
        ? picture(element, "context-image")
        : h("span", { class: "context-text" }, renderText(element, ctx.names)),
    ),
  );
}

function header(block, ctx) {
  return h("h3", { class: "header-block" }, renderText(block.text, ctx.names));
}

const GROUPED = ["checkboxes", "radio_buttons"];

function input(block, ctx) {
  const label = uniqueId("label");
  const field = uniqueId("input");
  const hint = block.hint
    ? h("p", { class: "hint", id: `${label}-hint` }, renderText(block.hint, ctx.names))
    : null;
  const error = ctx.errors?.get(block.block_id);
  const problem = error
    ? h("p", { class: "field-error", id: `${label}-error` }, icon("alert"), h("span", {}, error))
    : null;
  const controls = {
    id: field,
    "aria-labelledby": label,
    "aria-describedby": [problem?.id, hint?.id].filter(Boolean).join(" ") || null,
    "aria-invalid": error ? "true" : null,
    "aria-required": block.optional ? null : "true",
  };
  const name = fragment(
    renderText(block.label, ctx.names),
    block.optional ? h("span", { class: "optional" }, " (optional)") : null,
  );
  const caption = GROUPED.includes(block.element?.type)
    ? h("span", { class: "label", id: label }, name)
    : h("label", { class: "label", id: label, for: field }, name);
  return h(
    "div",
    { class: error ? "input invalid" : "input" },
    caption,
    renderElement(block.element ?? {}, block, ctx, controls),
    problem,
    hint,
  );
}

function table(block, ctx) {
  const rows = block.rows.map((row) =>
    row.map((cell) =>
      cell.type === "rich_text"
        ? richText(cell, ctx.names)
        : append(fragment(), [String(cell.text ?? cell.value ?? "")]),
    ),
  );
  return tableNode(rows, block.column_settings);
}

const LEVELS = ["info", "success", "warning", "error"];

function alert(block, ctx) {
  const level = LEVELS.includes(block.level) ? block.level : "default";
  const sign = { success: "check", warning: "alert", error: "alert" }[level] ?? "info";
  return h(
    "div",
    { class: `alert alert-${level}`, role: level === "error" ? "alert" : "note" },
    icon(sign),
    h("div", {}, renderText(block.text, ctx.names)),
  );
}

/** The words of blocks, for a label or a notification. */
export function summary(message) {
  return (
    message.text ||
    (message.blocks ?? [])
      .map((block) => plain(block.text) || "")
      .filter(Boolean)
      .join(" ")
  );
}
