/** The page: which person, which channel, which thread; fetches what changed and hands it to the parts. */

import { followInside } from "./archives.js";
import { coalesced, get, listen, post } from "./api.js";
import { composer, written } from "./composer.js";
import { conversation } from "./conversation.js";
import { directory } from "./directory.js";
import { h } from "./dom.js";
import { entries } from "./entries.js";
import { home } from "./home.js";
import { modal } from "./modal.js";
import { addNotice, commandFailed, inWords } from "./notices.js";
import { fillSidebar, shell, threadHead } from "./shell.js";

const workspace = await get("workspace");
if (workspace.ok === false || !workspace.users)
  document.querySelector(".starting").textContent =
    `The Slack stand-in does not answer (${workspace.error ?? "no workspace"}). Start it and reload this page.`;
else start(directory(workspace));

function start(names) {
  const asked = new URLSearchParams(location.search).get("user");
  const user = names.people.some((each) => each.id === asked) ? asked : names.people[0].id;
  const app = {
    names,
    user,
    post,
    entries: entries(),
    where: route(names),
    unread: new Set(),
    notify: (text) => notify(app, text),
  };
  Object.assign(app, doors(app));
  app.frame = shell({ names, user, onperson: become });
  app.modal = modal({ app });
  app.parts = parts(app);
  Object.assign(app, refreshers(app));
  window.addEventListener("hashchange", () => go(app));
  followInside(document.body, names.workspace.team);
  go(app);
  app.refreshViews();
  listen(user, {
    onchange: (event) => changed(app, event),
    onopen: () => reconnected(app),
    onlost: () => (app.frame.status.textContent = "Reconnecting…"),
  });
}

function become(user) {
  const url = new URL(location.href);
  url.searchParams.set("user", user);
  location.assign(url);
}

function route(names) {
  const [, first, second] = location.hash.split("/");
  const fallback = names.channels[0]?.id;
  if (first === "home") return { isHome: true, channel: null, thread: null };
  const channel = names.knowsChannel(first) ? first : fallback;
  return {
    isHome: false,
    channel,
    thread: channel === first && /^\d+\.\d+$/.test(second ?? "") ? second : null,
  };
}

/** What the parts may ask for. */
function doors(app) {
  const told = async (name, body) => {
    const answer = await post(name, { user: app.user, ...body });
    if (answer.ok === false) app.notify(inWords(answer.error));
    return answer;
  };
  const remembered = async (where, held) => {
    for (const { block, element, value } of held.takeUnsent()) {
      if (where.view_id && block.type === "input" && !block.dispatch_action)
        await post("action", {
          user: app.user,
          ...where,
          block_id: block.block_id,
          action_id: element.action_id,
          ...value,
        });
    }
  };
  return {
    act: async (where, values, { block, element, value }) => {
      const answer = await told("action", {
        ...where,
        block_id: block.block_id,
        action_id: element.action_id,
        ...value,
        values,
      });
      await app.refreshViews();
      return answer;
    },
    suggest: async (where, held, { block, element, value }) => {
      await remembered(where, held);
      return post("options", {
        user: app.user,
        ...where,
        block_id: block.block_id,
        action_id: element.action_id,
        value,
      });
    },
    react: (channel, ts, reaction) => told("reaction", { channel, ts, ...reaction }),
    shortcut: (body) => told("shortcut", body),
    openThread: (channel, ts) => (location.hash = `#/${channel}/${ts}`),
  };
}

function parts(app) {
  const channel = conversation({
    app,
    label: "Messages",
    empty: "No messages yet. Type /codegen to ask for code.",
  });
  const thread = conversation({ app, label: "Thread", inThread: true, empty: "This thread is not there." });
  const write = composer({
    app,
    label: "Message",
    withCommands: true,
    onsend: (written) => send(app, written),
  });
  const reply = composer({
    app,
    label: "Reply…",
    onsend: (written) => send(app, { ...written, thread_ts: app.where.thread }),
  });
  const close = () => {
    const ts = app.where.thread;
    location.hash = `#/${app.where.channel}`;
    channel.node.querySelector(`[data-ts="${ts}"] .replies`)?.focus();
  };
  app.frame.thread.addEventListener(
    "keydown",
    (event) => event.key === "Escape" && !event.defaultPrevented && close(),
  );
  return { channel, thread, write, reply, close, home: home({ app }) };
}

function refreshers(app) {
  const channel = async () => {
    const { channel: id, isHome } = app.where;
    if (isHome || !id) return;
    const answer = await get("messages", { channel: id, user: app.user });
    if (answer.messages && id === app.where.channel) app.parts.channel.show(id, answer.messages);
  };
  const thread = async () => {
    const { channel: id, thread: ts } = app.where;
    if (!ts) return;
    const answer = await get("replies", { channel: id, ts, user: app.user });
    if (ts === app.where.thread) app.parts.thread.show(id, answer.messages ?? [], `${id} ${ts}`);
  };
  return {
    refreshMessages: coalesced(() => Promise.all([channel(), thread()])),
    refreshViews: coalesced(async () => {
      const answer = await get("views", { user: app.user });
      if (answer.stack) app.modal.update(answer.stack);
    }),
    refreshHome: coalesced(async () => {
      const answer = await get("home", { user: app.user });
      if (answer.ok !== false) app.parts.home.show(answer.view ?? null);
    }),
  };
}

function go(app) {
  const before = app.where;
  app.where = route(app.names);
  const { channel, thread, isHome } = app.where;
  const { frame, parts: part, names } = app;
  app.unread.delete(channel);
  fillSidebar(frame.sidebar, app);
  const title = isHome ? (names.bot?.name ?? "Home") : names.channelTitle(channel);
  frame.title.textContent = title;
  document.title = `${title} · Slack stand-in`;
  frame.setDrawer(false);
  document.body.dataset.pane = thread ? "thread" : "main";
  if (isHome !== before.isHome || frame.content.childElementCount === 0) {
    frame.content.replaceChildren(isHome ? part.home.node : part.channel.node);
    frame.foot.replaceChildren(...(isHome ? [] : [part.write.node]));
  }
  if (isHome) {
    app.refreshHome();
    openHome(app);
  } else {
    part.write.rename(`Message ${names.channelTitle(channel)}`);
    part.channel.rename(`Messages in ${names.channelTitle(channel)}`);
  }
  showThread(app, before);
  app.refreshMessages();
}

async function openHome(app) {
  await post("home", { user: app.user });
  app.names.learn(await get("workspace"));
  fillSidebar(app.frame.sidebar, app);
  await app.refreshHome();
}

function showThread(app, before) {
  const { frame, parts: part, names, where } = app;
  frame.thread.hidden = !where.thread;
  if (!where.thread || (where.thread === before.thread && frame.thread.childElementCount > 0)) return;
  frame.thread.replaceChildren(
    threadHead(names.channelTitle(where.channel), part.close),
    part.thread.node,
    h("div", { class: "foot" }, part.reply.node),
  );
  part.reply.area.focus({ preventScroll: true });
}

async function changed(app, { what, channel, text }) {
  if (what === "notice") app.notify(text);
  else if (what === "views") app.refreshViews();
  else if (what === "home") app.refreshHome();
  else if (what === "messages") {
    if (!channel || channel === app.where.channel) app.refreshMessages();
    else {
      app.unread.add(channel);
      if (!app.names.knowsChannel(channel)) app.names.learn(await get("workspace"));
      fillSidebar(app.frame.sidebar, app);
    }
  }
}

function reconnected(app) {
  app.frame.status.textContent = "";
  app.refreshMessages();
  app.refreshViews();
  if (app.where.isHome) app.refreshHome();
}

function notify(app, text) {
  if (app.modal.isOpen()) app.modal.warn(text);
  addNotice(app.frame.notices, text);
}

async function send(app, { text, files, thread_ts: thread }) {
  const { channel } = app.where;
  const command = /^(\/\S+)(?:\s+([\s\S]*))?$/.exec(text);
  if (command && thread) {
    app.notify(`${command[1]} is not supported in threads. Sorry!`);
    return false;
  }
  if (command) return run(app, { channel, command: command[1], text: command[2] ?? "" });
  const attached = files.map(({ name, content }) => ({ name, content }));
  const answer = await post("message", {
    user: app.user,
    channel,
    text: written(text, app.names),
    ...(thread ? { thread_ts: thread } : {}),
    ...(attached.length ? { files: attached } : {}),
  });
  if (answer.ok === false) app.notify(`The message was not sent: ${answer.error}`);
  app.refreshMessages();
  return answer.ok !== false;
}

async function run(app, { channel, command, text }) {
  const answer = await post("command", { user: app.user, channel, command, text });
  if (answer.ok === false) app.notify(commandFailed(command, answer.error));
  app.refreshMessages();
  app.refreshViews();
  return answer.ok !== false;
}
