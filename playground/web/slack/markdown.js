/** The `markdown` block: the usual Markdown, turned into nodes. */

import { fragment, h, link } from "./dom.js";
import { emoji, isKnownEmoji } from "./emoji.js";
import { tableNode } from "./table.js";

const FENCE = /^\s{0,3}(```+|~~~+)\s*(\S*)/;
const HEADING = /^(#{1,6})\s+(.*?)\s*#*$/;
const ITEM = /^(\s*)([-*+]|\d{1,9}[.)])\s+(.*)$/;
const QUOTE = /^\s{0,3}>\s?(.*)$/;
const TASK = /^\[([ xX])\]\s+(.*)$/;
const RULE = /^\s{0,3}(?:-{3,}|\*{3,}|_{3,})\s*$/;
const TABLE_RULE = /^\s*\|?\s*:?-+:?\s*(?:\|\s*:?-+:?\s*)*\|?\s*$/;

/** The nodes of a Markdown text. */
export function markdown(text) {
  return blocks(text.split("\n"));
}

function blocks(rows) {
  const nodes = fragment();
  let at = 0;
  while (at < rows.length) {
    const read = rows[at].trim() === "" ? { next: at + 1 } : blockAt(rows, at);
    if (read.node) nodes.append(read.node);
    at = read.next;
  }
  return nodes;
}

function blockAt(rows, at) {
  const row = rows[at];
  if (FENCE.test(row)) return fence(rows, at);
  if (HEADING.test(row)) return heading(row, at);
  if (RULE.test(row)) return { node: h("hr"), next: at + 1 };
  if (QUOTE.test(row)) return quote(rows, at);
  if (ITEM.test(row)) return list(rows, at);
  if (row.includes("|") && TABLE_RULE.test(rows[at + 1] ?? "") && (rows[at + 1] ?? "").includes("-"))
    return table(rows, at);
  return paragraph(rows, at);
}

function fence(rows, at) {
  const mark = FENCE.exec(rows[at])[1];
  let end = at + 1;
  while (end < rows.length && !rows[end].trim().startsWith(mark)) end += 1;
  const code = rows.slice(at + 1, end).join("\n");
  return { node: h("pre", { class: "code-block", tabindex: "0" }, h("code", {}, code)), next: end + 1 };
}

function heading(row, at) {
  const [, hashes, text] = HEADING.exec(row);
  return {
    node: h(
      "p",
      {
        class: `md-heading md-h${hashes.length}`,
        role: "heading",
        "aria-level": Math.min(6, hashes.length + 2),
      },
      inline(text),
    ),
    next: at + 1,
  };
}

function quote(rows, at) {
  let end = at;
  const inner = [];
  while (end < rows.length && QUOTE.test(rows[end])) inner.push(QUOTE.exec(rows[end++])[1]);
  return { node: h("blockquote", {}, blocks(inner)), next: end };
}

function list(rows, at) {
  const [, indent, mark] = ITEM.exec(rows[at]);
  const ordered = /\d/.test(mark);
  const node = h(ordered ? "ol" : "ul", { start: ordered ? Number.parseInt(mark, 10) : null });
  let end = at;
  while (end < rows.length) {
    const item = ITEM.exec(rows[end]);
    if (!item || item[1].length !== indent.length || /\d/.test(item[2]) !== ordered) break;
    const inner = [];
    let next = end + 1;
    while (next < rows.length && belongs(rows, next, indent.length))
      inner.push(rows[next++].slice(indent.length + 2));
    node.append(h("li", { class: TASK.test(item[3]) ? "task" : null }, task(item[3]), blocks(inner)));
    end = next;
  }
  return { node, next: end };
}

function belongs(rows, at, indent) {
  if (rows[at].trim() === "")
    return at + 1 < rows.length && /^\s/.test(rows[at + 1]) && leading(rows[at + 1]) > indent;
  return leading(rows[at]) > indent;
}

function leading(row) {
  return row.length - row.trimStart().length;
}

function task(text) {
  const match = TASK.exec(text);
  if (!match) return inline(text);
  const done = match[1] !== " ";
  const box = h(
    "span",
    { class: done ? "task-box task-done" : "task-box", role: "img", "aria-label": done ? "done" : "open" },
    done ? "✓" : "",
  );
  return fragment(box, inline(match[2]));
}

function table(rows, at) {
  const aligns = cells(rows[at + 1]).map((cell) =>
    cell.endsWith(":") ? (cell.startsWith(":") ? "center" : "right") : "left",
  );
  let end = at + 2;
  while (end < rows.length && rows[end].includes("|")) end += 1;
  const body = [rows[at], ...rows.slice(at + 2, end)].map((row) => cells(row).map((cell) => inline(cell)));
  return {
    node: tableNode(
      body,
      aligns.map((align) => ({ align, is_wrapped: true })),
    ),
    next: end,
  };
}

function cells(row) {
  return row
    .trim()
    .replace(/^\||\|$/g, "")
    .split(/(?<!\\)\|/)
    .map((cell) => cell.trim().replace(/\\\|/g, "|"));
}

function paragraph(rows, at) {
  const node = h("p");
  let end = at;
  while (end < rows.length && rows[end].trim() !== "" && (end === at || !starts(rows[end]))) {
    if (end > at) node.append(h("br"));
    node.append(inline(rows[end].trim()));
    end += 1;
  }
  return { node, next: end };
}

function starts(row) {
  return [FENCE, HEADING, RULE, QUOTE, ITEM].some((pattern) => pattern.test(row));
}

const INLINE = [
  [/^\\([\\`*_{}[\]()#+\-.!|~<>])/, (match) => match[1]],
  [/^(`+)([\s\S]*?[^`])\1(?!`)/, (match) => h("code", { class: "code" }, match[2].trim())],
  [/^!\[([^\]]*)\]\(([^()\s]+)[^)]*\)/, (match) => link(match[2], match[1] || match[2])],
  [
    /^\[((?:[^[\]]|\[[^\]]*\])+)\]\(([^()\s]+(?:\([^()\s]*\)[^()\s]*)?)[^)]*\)/,
    (match) => link(match[2], inline(match[1])),
  ],
  [/^<(https?:\/\/[^\s<>]+)>/, (match) => link(match[1])],
  [/^(https?:\/\/[^\s<>()]*[^\s<>().,;:!?])/, (match) => link(match[1])],
  [/^(\*\*|__)(?=\S)([\s\S]*?\S)\1/, (match) => h("strong", {}, inline(match[2]))],
  [/^~~(?=\S)([\s\S]*?\S)~~/, (match) => h("s", {}, inline(match[1]))],
  [/^\*(?=[^\s*])([\s\S]*?[^\s*])\*(?!\*)/, (match) => h("em", {}, inline(match[1]))],
  [/^_(?=[^\s_])([\s\S]*?[^\s_])_(?![\w_])/, (match) => h("em", {}, inline(match[1]))],
  [/^:([a-z0-9_+-]+):/, (match) => (isKnownEmoji(match[1]) ? emoji(match[1]) : match[0])],
];

function inline(text) {
  const nodes = fragment();
  let pending = "";
  let at = 0;
  while (at < text.length) {
    const insideWord = /\w/.test(text[at - 1] ?? "") && /[_h:]/.test(text[at]);
    const found = insideWord || !/[\\`*_~![<h:]/.test(text[at]) ? null : firstMatch(text.slice(at));
    if (found) {
      if (pending !== "") nodes.append(pending);
      pending = "";
      nodes.append(found.node);
      at += found.length;
    } else pending += text[at++];
  }
  if (pending !== "") nodes.append(pending);
  return nodes;
}

function firstMatch(text) {
  for (const [pattern, build] of INLINE) {
    const match = pattern.exec(text);
    if (match) return { node: build(match), length: match[0].length };
  }
  return null;
}
