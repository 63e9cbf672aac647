/** Files in messages: images inline, text with a preview, anything as a card that leads to its bytes. */

import { h, icon, safeUrl } from "./dom.js";

const LINES = 8;
const TEXT = /^(text\/|application\/(json|xml|x-yaml|yaml|javascript|x-sh))/;
const TEXT_NAME =
  /\.(txt|log|diff|patch|md|json|ya?ml|py|js|ts|toml|csv|xml|html?|css|sh|sql|go|rs|java|rb|c|h|cpp)$/i;

/** The node of a Slack file object. */
export function renderFile(file) {
  const address = localAddress(file);
  if (/^image\//.test(file.mimetype ?? "") && address) return picture(file, address);
  if (
    address &&
    (file.mode === "snippet" || TEXT.test(file.mimetype ?? "") || TEXT_NAME.test(file.name ?? ""))
  )
    return snippet(file, address);
  return fileCard(file, address);
}

/** A file as a card: its name, kind and size. */
export function fileCard(file, address = null) {
  const name = file.title || file.name || "File";
  const about = [file.pretty_type ?? file.filetype, size(file.size)].filter(Boolean).join(" · ");
  return h(
    "div",
    { class: "file" },
    h("span", { class: "file-icon" }, icon("file")),
    h(
      "span",
      { class: "file-about" },
      address ? h("a", { href: address, download: file.name ?? "" }, name) : h("strong", {}, name),
      h("small", {}, about),
    ),
  );
}

function picture(file, address) {
  return h(
    "figure",
    { class: "image" },
    h("figcaption", {}, file.title || file.name),
    h(
      "a",
      { href: address, target: "_blank", rel: "noopener" },
      h("img", {
        class: "image-block",
        src: address,
        alt: file.alt_txt || file.title || file.name,
        loading: "lazy",
      }),
    ),
  );
}

function snippet(file, address) {
  const code = h("code", {}, file.preview ?? "");
  const body = h(
    "pre",
    { class: "code-block snippet-body", tabindex: "0", "aria-label": `Contents of ${file.name}` },
    code,
  );
  const more = h(
    "button",
    { type: "button", class: "link-button", hidden: true, "aria-expanded": "false" },
    "Show all",
  );
  const show = (text) => {
    const rows = text.split("\n");
    const open = more.getAttribute("aria-expanded") === "true";
    more.hidden = rows.length <= LINES + 1;
    more.textContent = open ? "Show less" : `Show all ${rows.length} lines`;
    code.replaceChildren(...colour(open || more.hidden ? rows : rows.slice(0, LINES), file));
  };
  contents(address).then((text) => {
    if (text === null) return;
    show(text);
    more.addEventListener("click", () => {
      more.setAttribute("aria-expanded", String(more.getAttribute("aria-expanded") !== "true"));
      show(text);
    });
  });
  return h("div", { class: "snippet" }, fileCard(file, address), body, more);
}

function colour(rows, file) {
  const isDiff = /\.(diff|patch)$/i.test(file.name ?? "") || file.filetype === "diff";
  return rows.map((row) => {
    const kind = !isDiff
      ? null
      : /^(\+\+\+|---|diff |index )/.test(row)
        ? "diff-head"
        : { "+": "diff-added", "-": "diff-removed", "@": "diff-place" }[row[0]];
    return h("span", { class: kind }, `${row}\n`);
  });
}

async function contents(address) {
  const response = await fetch(address).catch(() => null);
  return response?.ok ? response.text() : null;
}

function localAddress(file) {
  const given = file.url_private ?? file.url_private_download ?? file.permalink;
  const url = given && safeUrl(new URL(given, location.href).href) ? new URL(given, location.href) : null;
  if (url?.pathname.startsWith("/_files/")) return url.pathname;
  return file.id && file.name
    ? `/_files/${encodeURIComponent(file.id)}/${encodeURIComponent(file.name)}`
    : null;
}

function size(bytes) {
  if (!Number.isFinite(bytes)) return "";
  return bytes < 1024
    ? `${bytes} bytes`
    : bytes < 1024 * 1024
      ? `${(bytes / 1024).toFixed(1)} kB`
      : `${(bytes / 1024 / 1024).toFixed(1)} MB`;
}
