/** Where a person writes: Enter sends, Shift+Enter breaks the line, a slash at the start runs a command. */

import { h, icon, iconButton, uniqueId } from "./dom.js";
import { readFile } from "./inputs.js";

const TALLEST = 200;

/** A composer; `onsend({text, files})` answers true when the text may be cleared. */
export function composer({ app, label, onsend, withCommands = false }) {
  const files = [];
  const hint = h("span", { class: "composer-hint", id: uniqueId("hint"), "aria-live": "polite" });
  const area = h("textarea", {
    rows: "1",
    "aria-label": label,
    placeholder: label,
    "aria-describedby": hint.id,
    spellcheck: "true",
  });
  const send = iconButton("send", "Send", () => submit(), { class: "icon-button send", disabled: true });
  const chips = h("div", { class: "chips attached" });
  const picker = h("input", { type: "file", multiple: true, hidden: true, "aria-label": "Choose files" });
  const attach = iconButton("attach", "Attach text files", () => picker.click());
  const listChips = () =>
    chips.replaceChildren(
      ...files.map((file) =>
        h(
          "span",
          { class: "chip" },
          icon("file"),
          h("span", { class: "chip-label" }, file.name),
          iconButton("close", `Remove ${file.name}`, () => {
            files.splice(files.indexOf(file), 1);
            listChips();
            update();
          }),
        ),
      ),
    );
  const update = () => {
    area.style.height = "auto";
    area.style.height = `${Math.min(TALLEST, area.scrollHeight)}px`;
    send.disabled = area.value.trim() === "" && files.length === 0;
    hint.textContent = hintFor(area.value, { app, withCommands });
  };
  const submit = async () => {
    const text = area.value.trim();
    if ((text === "" && files.length === 0) || area.readOnly) return;
    area.readOnly = true;
    send.setAttribute("aria-busy", "true");
    const accepted = await onsend({ text, files: [...files] });
    area.readOnly = false;
    send.removeAttribute("aria-busy");
    if (accepted) {
      area.value = "";
      files.length = 0;
      listChips();
    }
    update();
  };
  picker.addEventListener("change", async () => {
    files.push(...(await Promise.all([...picker.files].map(readFile))));
    picker.value = "";
    listChips();
    update();
  });
  area.addEventListener("input", update);
  area.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
    event.preventDefault();
    submit();
  });
  const node = h(
    "div",
    { class: "composer" },
    chips,
    area,
    h("div", { class: "composer-bar" }, attach, withCommands ? globalShortcuts(app) : null, hint, send),
    picker,
  );
  return { node, area, rename: (text) => [area.setAttribute("aria-label", text), (area.placeholder = text)] };
}

function hintFor(text, { app, withCommands }) {
  const command = /^\/(\S*)/.exec(text);
  if (!command) return "";
  if (!withCommands) return "Commands do not run in threads";
  const known =
    app.names.commands.find((each) => each.command === `/${command[1]}`) ??
    app.names.commands.find((each) => each.command.startsWith(`/${command[1]}`));
  return known
    ? [known.command, known.usage_hint, known.description && `· ${known.description}`]
        .filter(Boolean)
        .join(" ")
    : "Enter runs the command";
}

function globalShortcuts(app) {
  return app.names.shortcuts
    .filter((each) => each.type === "global")
    .map((each) => iconButton("bolt", each.name, () => app.shortcut({ callback_id: each.callback_id })));
}

/** The words as they are sent: known @names and #channels become references, the rest stays as typed. */
export function written(text, names) {
  const users = names.users.flatMap((user) =>
    [user.name, user.real_name].filter(Boolean).map((name) => ({ id: user.id, name })),
  );
  users.sort((one, other) => other.name.length - one.name.length);
  const mentioned = users.reduce(
    (so, user) =>
      so.replace(new RegExp(`(^|[\\s(])@${literal(user.name)}(?![\\w-])`, "gi"), `$1<@${user.id}>`),
    text,
  );
  return names.channels.reduce(
    (so, channel) =>
      so.replace(new RegExp(`(^|[\\s(])#${literal(channel.name)}(?![\\w-])`, "g"), `$1<#${channel.id}>`),
    mentioned,
  );
}

function literal(text) {
  return text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
}
