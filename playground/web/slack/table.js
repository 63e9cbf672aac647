/** Tables: the first row is the head; wide ones scroll within themselves. */

import { h } from "./dom.js";

/** A table from rows of nodes and the block's column settings (`align`, `is_wrapped`). */
export function tableNode(rows, columns = []) {
  const [head = [], ...body] = rows;
  const cell = (tag, content, index) => {
    const node = h(
      tag,
      {
        scope: tag === "th" ? "col" : null,
        class: columns[index]?.is_wrapped === false ? "cell-nowrap" : null,
      },
      content,
    );
    node.style.textAlign = columns[index]?.align ?? "left";
    return node;
  };
  const table = h(
    "table",
    { class: "table" },
    h(
      "thead",
      {},
      h(
        "tr",
        {},
        head.map((content, index) => cell("th", content, index)),
      ),
    ),
    h(
      "tbody",
      {},
      body.map((row) =>
        h(
          "tr",
          {},
          row.map((content, index) => cell("td", content, index)),
        ),
      ),
    ),
  );
  return h("div", { class: "table-scroll", role: "region", "aria-label": "Table", tabindex: "0" }, table);
}
