/** Who and what the ids of a workspace mean. */

import { h } from "./dom.js";

/** Look-ups over the answer of `/_person/workspace`. */
export function directory(workspace) {
  const users = new Map(workspace.users.map((user) => [user.id, user]));
  const channels = new Map();
  const bot = workspace.users.find((user) => user.is_bot);
  const learn = (current) => current.channels?.forEach((channel) => channels.set(channel.id, channel));
  learn(workspace);
  return {
    workspace,
    learn,
    users: [...users.values()],
    people: [...users.values()].filter((user) => !user.is_bot),
    channels: [...channels.values()].filter((channel) => !channel.is_im),
    directMessage: (id) =>
      [...channels.values()].find((channel) => channel.is_im && channel.name === users.get(id)?.name),
    bot,
    commands: (workspace.commands ?? []).map((each) => (typeof each === "string" ? { command: each } : each)),
    shortcuts: (workspace.shortcuts ?? []).filter((each) => typeof each === "object"),
    userName: (id) => displayName(users.get(id)) ?? id,
    channelName: (id) => (channels.get(id)?.is_im ? displayName(bot) : channels.get(id)?.name) ?? id,
    channelTitle: (id) => (channels.get(id)?.is_im ? displayName(bot) : `#${channels.get(id)?.name ?? id}`),
    knowsChannel: (id) => channels.has(id),
    authorOf: (message) => author(message, { users, bot }),
  };
}

function displayName(user) {
  return user ? user.real_name || user.name || user.id : undefined;
}

function author(message, { users, bot }) {
  const user = users.get(message.user);
  const isApp = Boolean(message.bot_id || user?.is_bot || message.subtype === "bot_message");
  const name =
    message.username ?? displayName(user) ?? message.bot_profile?.name ?? (isApp && displayName(bot));
  return { id: message.user ?? message.bot_id ?? "unknown", name: name || "Unknown", isApp };
}

const HUES = [12, 38, 96, 158, 196, 222, 262, 320];

/** A square with a person's initial; its colour follows from the id. */
export function avatar({ id, name, isApp }) {
  const hue = HUES[[...id].reduce((sum, letter) => sum + letter.codePointAt(0), 0) % HUES.length];
  const node = h(
    "span",
    { class: isApp ? "avatar avatar-app" : "avatar", "aria-hidden": "true" },
    isApp ? "</>" : [...name][0].toUpperCase(),
  );
  node.style.setProperty("--hue", hue);
  return node;
}
