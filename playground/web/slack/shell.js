/** The frame around the conversation: top bar, channel list, person switcher, notices, the thread's pane. */

import { h, icon, iconButton } from "./dom.js";
import { avatar } from "./directory.js";

/** The page's frame; the returned parts are what changes. */
export function shell({ names, user, onperson }) {
  const sidebar = h("nav", { class: "sidebar", id: "sidebar", "aria-label": "Channels and apps" });
  const toggle = iconButton("menu", "Channels", () => setDrawer(document.body.dataset.drawer !== "open"), {
    class: "icon-button drawer-toggle",
    "aria-controls": "sidebar",
    "aria-expanded": "false",
  });
  const setDrawer = (open) => {
    document.body.dataset.drawer = open ? "open" : "closed";
    toggle.setAttribute("aria-expanded", String(open));
  };
  const status = h("span", { class: "connection", role: "status" });
  const title = h("h1", { class: "title" });
  const content = h("div", { class: "content" });
  const notices = h("div", { class: "notices", "aria-live": "assertive" });
  const foot = h("div", { class: "foot" });
  const main = h(
    "main",
    { class: "main", tabindex: "-1" },
    h("header", { class: "main-head" }, title),
    content,
    notices,
    foot,
  );
  const thread = h("aside", { class: "thread", "aria-label": "Thread", hidden: true });
  const topbar = h(
    "header",
    { class: "topbar" },
    toggle,
    h("strong", { class: "team" }, teamName(names.workspace.team)),
    status,
    personSwitcher({ names, user, onperson }),
  );
  const scrim = h("div", { class: "scrim", onclick: () => setDrawer(false) });
  document.getElementById("app").replaceChildren(topbar, sidebar, main, thread, scrim);
  return { sidebar, title, content, notices, foot, main, thread, status, setDrawer };
}

function personSwitcher({ names, user, onperson }) {
  const person = names.people.find((each) => each.id === user);
  const choose = h(
    "select",
    { "aria-label": "You are", onchange: () => onperson(choose.value) },
    names.people.map((each) =>
      h("option", { value: each.id, selected: each.id === user }, each.real_name || each.name),
    ),
  );
  return h(
    "label",
    { class: "person" },
    person ? avatar({ id: person.id, name: person.real_name || person.name, isApp: false }) : null,
    h("span", { class: "person-label" }, "You are"),
    choose,
  );
}

/** The channel list and the app's Home; `unread` are ids of channels with something new. */
export function fillSidebar(sidebar, { names, user, where: { channel, isHome }, unread }) {
  const app = names.bot;
  const direct = names.directMessage(user);
  const row = (href, sign, label, { current, isNew }) =>
    h(
      "li",
      {},
      h(
        "a",
        { href, class: isNew ? "unread" : null, "aria-current": current ? "page" : null },
        sign,
        h("span", { class: "row-label" }, label),
        isNew ? h("span", { class: "dot", role: "img", "aria-label": "new messages" }) : null,
      ),
    );
  const focused = sidebar.contains(document.activeElement)
    ? document.activeElement.getAttribute("href")
    : null;
  sidebar.replaceChildren(
    h("h2", {}, "Channels"),
    h(
      "ul",
      {},
      names.channels.map((each) =>
        row(
          `#/${each.id}`,
          each.is_private ? icon("lock") : h("span", { class: "hash", "aria-hidden": "true" }, "#"),
          each.name,
          { current: !isHome && each.id === channel, isNew: unread.has(each.id) },
        ),
      ),
    ),
    ...(app
      ? [
          h("h2", {}, "Apps"),
          h(
            "ul",
            {},
            row("#/home", avatar({ id: app.id, name: app.name, isApp: true }), app.name, { current: isHome }),
            direct
              ? row(`#/${direct.id}`, icon("reply"), "Messages", {
                  current: !isHome && direct.id === channel,
                  isNew: unread.has(direct.id),
                })
              : null,
          ),
        ]
      : []),
  );
  if (focused) sidebar.querySelector(`a[href="${CSS.escape(focused)}"]`)?.focus();
}

/** The head of the thread's pane. */
export function threadHead(place, onclose) {
  return h(
    "header",
    { class: "main-head" },
    h("h2", { class: "title" }, "Thread", h("span", { class: "title-detail" }, place)),
    iconButton("close", "Close thread", onclose),
  );
}

function teamName(team) {
  return (typeof team === "string" ? team : team?.name) || "Slack";
}
