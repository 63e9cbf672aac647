/** Links to messages: https://<team>.slack.com/archives/<channel>/p<ts without its dot>. */

const PATH = /^\/archives\/([A-Z0-9]+)\/p(\d+)(\d{6})$/;

/** The place on this page that a link to a message of this team means, or null for any other address. */
export function placeOf(address, team) {
  const url = URL.canParse(address) ? new URL(address) : null;
  const found = url?.hostname === `${team?.domain}.slack.com` ? PATH.exec(url.pathname) : null;
  if (!found) return null;
  const [, channel, seconds, micros] = found;
  return `#/${channel}/${url.searchParams.get("thread_ts") ?? `${seconds}.${micros}`}`;
}

/** Let clicks on such links show the message here, as Slack's own client does. */
export function followInside(node, team) {
  node.addEventListener("click", (event) => {
    const place = placeOf(event.target.closest?.("a[href]")?.href ?? "", team);
    if (!place) return;
    event.preventDefault();
    location.hash = place;
  });
}
