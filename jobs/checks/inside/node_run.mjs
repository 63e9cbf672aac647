// Runs JavaScript tests and leaves report.xml, collected.json and lines.json.
// Usage: node_run.mjs SETTINGS.json FOLDER. The tests themselves are never told the folder's name.
import { mkdtempSync, readFileSync, readdirSync, writeFileSync } from "node:fs";
import { join, relative, sep } from "node:path";
import { fileURLToPath } from "node:url";
import { furnish, isTest, junit, runTests } from "./node_runners.mjs";

const [settingsPath, out] = process.argv.slice(2);
const settings = JSON.parse(readFileSync(settingsPath, "utf8"));
furnish(settings.environment);
const coverage = settings.traced.length && settings.runner === "node" ? mkdtempSync("/tmp/lines-") : null;
const result = await runTests(settings, { coverage });
process.stdout.write(result.log);
if (result.cases) {
  writeFileSync(join(out, "report.xml"), junit(result.cases));
  writeFileSync(join(out, "collected.json"), JSON.stringify(result.collected));
}
if (settings.traced.length) writeFileSync(join(out, "lines.json"), JSON.stringify(coverage ? ran(coverage) : every()));
process.exitCode = result.status ?? 2;

/** Lines of the wanted files that some process ran. */
function ran(folder) {
  const lines = {};
  for (const name of readdirSync(folder)) {
    for (const { url, functions } of JSON.parse(readFileSync(join(folder, name), "utf8")).result) {
      if (!url.startsWith("file://")) continue;
      const path = relative(process.cwd(), fileURLToPath(url)).split(sep).join("/");
      if (path.startsWith("..") || path.includes("node_modules/") || isTest(path)) continue;
      if (settings.traced[0] !== "*" && !settings.traced.includes(path)) continue;
      const found = new Set([...(lines[path] ?? []), ...covered(readFileSync(path, "utf8"), functions)]);
      lines[path] = [...found].sort((one, other) => one - other);
    }
  }
  return lines;
}

/** Lines with a character that ran; inner ranges, which come later, count over outer ones. */
function covered(source, functions) {
  const counts = new Uint8Array(source.length);
  const ranges = functions.flatMap((one) => one.ranges).sort((a, b) => a.startOffset - b.startOffset || b.endOffset - a.endOffset);
  for (const { startOffset, endOffset, count } of ranges) counts.fill(count ? 1 : 0, startOffset, endOffset);
  const found = [];
  let at = 0;
  source.split("\n").forEach((row, index) => {
    for (let column = 0; column < row.length; column += 1) {
      if (counts[at + column] && /[^\s{}();,]/.test(row[column])) { found.push(index + 1); break; }
    }
    at += row.length + 1;
  });
  return found;
}

/** All lines: these runners transform sources, so what ran is not known line by line. */
function every() {
  const lines = {};
  for (const path of settings.traced.filter((one) => one !== "*")) {
    lines[path] = readFileSync(path, "utf8").split("\n").map((_, index) => index + 1);
  }
  return lines;
}
