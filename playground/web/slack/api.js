/** The person's side of the Slack stand-in, over HTTP and server-sent events. */

async function request(path, options) {
  let response;
  try {
    response = await fetch(path, options);
  } catch {
    return { ok: false, error: "connection_lost" };
  }
  try {
    return await response.json();
  } catch {
    return { ok: false, error: `http_${response.status}` };
  }
}

/** GET `/_person/<name>` with a query; what is not reachable becomes `{ok: false, error}`. */
export function get(name, query = {}) {
  const search = new URLSearchParams(query);
  return request(`/_person/${name}?${search}`, { cache: "no-store" });
}

/** POST a JSON body to `/_person/<name>`. */
export function post(name, body) {
  return request(`/_person/${name}`, {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify(body),
  });
}

/** Hear about changes for one person until the returned function is called; `onopen` also follows a reconnect. */
export function listen(user, { onchange, onopen, onlost }) {
  const source = new EventSource(`/_person/events?${new URLSearchParams({ user })}`);
  source.addEventListener("changed", (event) => onchange(JSON.parse(event.data)));
  source.addEventListener("open", onopen);
  source.addEventListener("error", onlost);
  return () => source.close();
}

/** A function that runs `work` one at a time: calls made meanwhile are answered by one further run. */
export function coalesced(work) {
  let running = false;
  let again = false;
  return async function run() {
    if (running) {
      again = true;
      return;
    }
    running = true;
    do {
      again = false;
      await work();
    } while (again);
    running = false;
  };
}
