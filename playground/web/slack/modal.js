/** The stack of modals: its top view is shown, what was entered survives every update with stable ids. */

import { h, icon, iconButton } from "./dom.js";
import { renderBlocks } from "./blocks.js";
import { avatar } from "./directory.js";
import { inWords } from "./notices.js";
import { plain } from "./text.js";
import { problems } from "./validation.js";

const FIELDS = "input, textarea, button.button, [role=combobox]";

/** The modal of the page; `update(stack)` shows the top view of the person's stack or closes the dialog. */
export function modal({ app }) {
  const dialog = h("dialog", { class: "modal", "aria-labelledby": "modal-title" });
  const state = {
    app,
    dialog,
    stack: [],
    errors: new Map(),
    served: "",
    shown: "",
    warning: "",
    busy: false,
  };
  dialog.addEventListener("cancel", (event) => event.preventDefault());
  dialog.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && !event.defaultPrevented) {
      event.preventDefault();
      close(state, {});
    } else if (event.key === "Enter" && (event.metaKey || event.ctrlKey)) submit(state);
  });
  document.body.append(dialog);
  return {
    update: (stack) => update(state, stack),
    isOpen: () => dialog.open,
    warn: (text) => warn(state, text),
  };
}

function top(state) {
  return state.stack.at(-1);
}

function update(state, stack) {
  const before = top(state)?.id;
  state.stack = stack;
  state.app.entries.keepOnly(
    (name) => !name.startsWith("view ") || stack.some((view) => name === `view ${view.id}`),
  );
  const view = top(state);
  if (!view) {
    state.shown = "";
    if (state.dialog.open) state.dialog.close();
    return;
  }
  takeErrors(state, view, view.id !== before);
  const version = JSON.stringify([stack.length, view]);
  if (version === state.shown) return;
  state.shown = version;
  if (view.id !== before) state.warning = "";
  render(state, { isOther: view.id !== before });
}

function takeErrors(state, view, isOther) {
  const served = JSON.stringify(view.errors ?? {});
  if (!isOther && served === state.served) return;
  state.served = served;
  state.errors = new Map(Object.entries(view.errors ?? {}));
}

function render(state, { isOther }) {
  const { dialog } = state;
  const place = isOther ? null : remember(dialog);
  const view = top(state);
  dialog.replaceChildren(
    heading(state, view),
    h(
      "form",
      { class: "modal-form", novalidate: true, onsubmit: (event) => submitted(state, event) },
      h(
        "div",
        { class: "modal-body", tabindex: "-1" },
        banner(state),
        renderBlocks(view.blocks ?? [], contextOf(state, view)),
      ),
      footer(state, view),
    ),
  );
  if (!dialog.open) dialog.showModal();
  if (place) restore(dialog, place);
  if (isOther || !dialog.contains(document.activeElement) || document.activeElement === dialog)
    focusFirst(dialog);
}

function heading(state, view) {
  const app = state.app.names.bot;
  const back =
    state.stack.length > 1
      ? iconButton("back", `Back to ${plain(state.stack.at(-2).title)}`, () => close(state, {}))
      : null;
  return h(
    "header",
    { class: "modal-head" },
    back ?? avatar({ id: app?.id ?? "app", name: app?.name ?? "app", isApp: true }),
    h("h2", { id: "modal-title", tabindex: "-1" }, plain(view.title)),
    iconButton("close", state.stack.length > 1 ? "Close all" : "Close", () => close(state, { clear: true })),
  );
}

function banner(state) {
  return h(
    "div",
    { class: "modal-warning", role: "alert" },
    state.warning ? [icon("alert"), h("span", {}, state.warning)] : null,
  );
}

function footer(state, view) {
  const hasInputs = (view.blocks ?? []).some((block) => block.type === "input");
  const send =
    view.submit || hasInputs
      ? h(
          "button",
          { type: "submit", class: "button primary", "aria-busy": state.busy ? "true" : null },
          h("span", { class: "button-label" }, plain(view.submit) || "Submit"),
        )
      : null;
  return h(
    "footer",
    { class: "modal-foot" },
    h(
      "button",
      { type: "button", class: "button", onclick: () => close(state, {}) },
      plain(view.close) || (send ? "Cancel" : "Close"),
    ),
    send,
  );
}

function contextOf(state, view) {
  const { app } = state;
  const held = app.entries.within(`view ${view.id}`);
  const where = { view_id: view.id };
  return {
    names: app.names,
    entries: held,
    errors: state.errors,
    edited: (block) => forgive(state, block),
    act: (block, element, value) => app.act(where, held.state(view.blocks ?? []), { block, element, value }),
    suggest: (block, element, value) => app.suggest(where, held, { block, element, value }),
  };
}

function forgive(state, block) {
  if (!state.errors.delete(block.block_id)) return;
  const input = state.dialog.querySelector(`[data-block-id="${CSS.escape(block.block_id)}"] .input`);
  input?.classList.remove("invalid");
  input?.querySelector(".field-error")?.remove();
  input?.querySelector("[aria-invalid]")?.removeAttribute("aria-invalid");
}

async function submitted(state, event) {
  event.preventDefault();
  await submit(state);
}

async function submit(state) {
  const view = top(state);
  if (state.busy || !view) return;
  const held = state.app.entries.within(`view ${view.id}`);
  const found = problems(view.blocks ?? [], held);
  if (found.size > 0) return refuse(state, found);
  setBusy(state, true);
  const answer = await state.app.post("submit", {
    user: state.app.user,
    view_id: view.id,
    values: held.state(view.blocks ?? []),
  });
  setBusy(state, false);
  if (answer.errors) refuse(state, new Map(Object.entries(answer.errors)));
  else warn(state, answer.ok === false ? inWords(answer.error) : "");
  await state.app.refreshViews();
}

function setBusy(state, busy) {
  state.busy = busy;
  const button = state.dialog.querySelector("button[type=submit]");
  if (busy) button?.setAttribute("aria-busy", "true");
  else button?.removeAttribute("aria-busy");
}

function refuse(state, errors) {
  const unseen = [...errors].filter(([block]) => !top(state)?.blocks.some((each) => each.block_id === block));
  state.errors = errors;
  state.warning = unseen.map(([, text]) => text).join(" ");
  render(state, { isOther: false });
  const field = state.dialog.querySelector("[aria-invalid=true]");
  field?.focus();
  field?.closest(".block")?.scrollIntoView({ block: "center" });
}

function warn(state, text) {
  state.warning = text;
  state.dialog
    .querySelector(".modal-warning")
    ?.replaceChildren(...(text ? [icon("alert"), h("span", {}, text)] : []));
}

async function close(state, { clear = false }) {
  const view = top(state);
  if (!view) return;
  const answer = await state.app.post("close", {
    user: state.app.user,
    view_id: view.id,
    ...(clear && state.stack.length > 1 ? { clear } : {}),
  });
  if (answer.ok === false) warn(state, inWords(answer.error));
  await state.app.refreshViews();
}

function remember(dialog) {
  const focused = dialog.contains(document.activeElement) ? document.activeElement : null;
  const key = focused?.dataset.focusKey;
  const block = focused?.closest("[data-block-id]")?.dataset.blockId;
  const isText = focused?.matches("input[type=text], textarea");
  return {
    key,
    block,
    range: isText ? [focused.selectionStart, focused.selectionEnd] : null,
    scroll: dialog.querySelector(".modal-body")?.scrollTop ?? 0,
  };
}

function restore(dialog, { key, block, range, scroll }) {
  const scope = block ? dialog.querySelector(`[data-block-id="${CSS.escape(block)}"]`) : null;
  const field = key ? scope?.querySelector(`[data-focus-key="${CSS.escape(key)}"]`) : null;
  field?.focus({ preventScroll: true });
  if (field && range) field.setSelectionRange(...range);
  dialog.querySelector(".modal-body").scrollTop = scroll;
}

function focusFirst(dialog) {
  (dialog.querySelector(".modal-body").querySelector(FIELDS) ?? dialog.querySelector("#modal-title")).focus();
}
