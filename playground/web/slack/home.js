/** The app's Home tab. */

import { h } from "./dom.js";
import { renderBlocks } from "./blocks.js";
import { avatar } from "./directory.js";

/** The Home of the app; `show(view)` brings it up to date, null meaning that the app has published none. */
export function home({ app }) {
  const node = h("div", { class: "home scroller", tabindex: "0", role: "region", "aria-label": "Home tab" });
  let shown = null;
  const show = (view) => {
    const version = JSON.stringify(view);
    if (version === shown) return;
    shown = version;
    node.replaceChildren(view ? renderBlocks(view.blocks ?? [], contextOf(app, view)) : nothing(app));
  };
  return { node, show };
}

function nothing(app) {
  const bot = app.names.bot;
  const name = bot?.name ?? "The app";
  return h(
    "div",
    { class: "empty" },
    bot ? avatar({ id: bot.id, name, isApp: true }) : null,
    h("p", {}, `${name} has not published a Home for you yet.`),
  );
}

function contextOf(app, view) {
  const held = app.entries.within(`home ${view.id}`);
  const where = { view_id: view.id };
  return {
    names: app.names,
    entries: held,
    edited: () => {},
    act: (block, element, value) => app.act(where, held.state(view.blocks ?? []), { block, element, value }),
    suggest: (block, element, value) => app.suggest(where, held, { block, element, value }),
  };
}
