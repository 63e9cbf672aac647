/** Moments as people read them. */

/** The moment of a Slack timestamp. */
export function moment(ts) {
  return new Date(Number.parseFloat(ts) * 1000);
}

/** The time of day, e.g. `9:41 AM`. */
export function clock(when) {
  return when.toLocaleTimeString(undefined, { hour: "numeric", minute: "2-digit" });
}

/** Date and time in full. */
export function fullDate(when) {
  return when.toLocaleString(undefined, { dateStyle: "full", timeStyle: "medium" });
}

/** The day as a heading: Today, Yesterday, else the date. */
export function dayName(when) {
  const days = Math.round((midnight(new Date()) - midnight(when)) / 86_400_000);
  if (days === 0) return "Today";
  if (days === 1) return "Yesterday";
  return when.toLocaleDateString(undefined, { weekday: "long", month: "long", day: "numeric" });
}

/** The day and time within a sentence, e.g. `today at 9:41 AM`. */
export function relativeDay(when) {
  const day = dayName(when);
  return `${["Today", "Yesterday"].includes(day) ? day.toLowerCase() : day} at ${clock(when)}`;
}

function midnight(when) {
  return new Date(when.getFullYear(), when.getMonth(), when.getDate()).getTime();
}
