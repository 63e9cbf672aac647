// Tries mutants: each one's file is put in place, the named tests run, the file is put back.
// Usage: node_mutate.mjs SETTINGS.json PLAN.json FOLDER; the report of the first goes to FOLDER/0.xml, and so on.
import { readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { furnish, junit, runTests } from "./node_runners.mjs";

const [settingsPath, planPath, out] = process.argv.slice(2);
const settings = JSON.parse(readFileSync(settingsPath, "utf8"));
const plan = JSON.parse(readFileSync(planPath, "utf8"));
furnish(settings.environment);
const wanted = ({ id }) => !settings.nodes.length
  || settings.nodes.some((node) => id === node || id.startsWith(`${node}::`) || node.startsWith(`${id}::`));

// A mutant that is no valid source says nothing about the tests: it counts as not noticed.
const invalid = ({ message = "" }) => message.includes("SyntaxError");
let usual = [];

for (const [number, { path, source }] of plan.mutants.entries()) {
  const before = readFileSync(path);
  writeFileSync(path, readFileSync(join(dirname(planPath), source)));
  try {
    const { cases } = await runTests(settings, { timeout: plan.timeout });
    const kept = cases?.some(invalid) ? usual : (cases ?? []).filter(wanted);
    if (number === 0) usual = kept;
    if (kept.length) writeFileSync(join(out, `${number}.xml`), junit(kept));
  } finally {
    writeFileSync(path, before);
  }
}
