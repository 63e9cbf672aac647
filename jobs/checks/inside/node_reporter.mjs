// A reporter for node:test: one JSON object per event, read by node_runners.mjs.
const plain = (error) => {
  const cause = error?.cause instanceof Error ? error.cause : { name: "", message: String(error?.cause ?? error?.message ?? "") };
  const { name, message, code } = cause;
  return { kind: error?.failureType ?? "", name, message, code, stack: cause.stack ?? "" };
};

export default async function* report(events) {
  for await (const { type, data } of events) {
    const { name, file, nesting, message, skip, todo, details } = data;
    const told = { type, name, file, nesting, message, suite: details?.type === "suite" };
    if (skip !== undefined) told.skip = true;
    if (todo !== undefined) told.todo = true;
    if (details?.error) told.error = plain(details.error);
    yield JSON.stringify(told) + "\n";
  }
}
