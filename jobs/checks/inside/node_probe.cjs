// Says as JSON what is there to run JavaScript tests with. Usage: node_probe.cjs ENVIRONMENT RUNNER.
const fs = require("node:fs");
const path = require("node:path");

const [environment, runner] = process.argv.slice(2);
const TEST = /[._-]test\.[cm]?[jt]sx?$|\.spec\.[cm]?[jt]sx?$|(^|\/)__tests__\/.*\.[cm]?[jt]sx?$/;
const folders = ["node_modules", ...(environment ? [path.join(environment, "node_modules")] : [])];
const manifests = (name) => folders.map((folder) => path.join(folder, name, "package.json")).filter((one) => fs.existsSync(one));
const has = (name) => manifests(name).length > 0;
const versionOf = (name) => (has(name) ? JSON.parse(fs.readFileSync(manifests(name)[0], "utf8")).version : "");

function find(folder, depth) {
  for (const one of fs.readdirSync(folder, { withFileTypes: true })) {
    const here = path.join(folder, one.name);
    if (one.isFile() && TEST.test(here)) return here;
    const open = one.isDirectory() && one.name !== ".git" && one.name !== "node_modules" && depth < 8;
    const inner = open ? find(here, depth + 1) : "";
    if (inner) return inner;
  }
  return "";
}

const [major, minor] = process.versions.node.split(".").map(Number);
const old = major < 18 || (major === 18 && minor < 19);
const there = runner === "node" || has(runner);
console.log(JSON.stringify({ old, there, tsx: has("tsx"), sample: find(".", 0), version: versionOf(runner) }));
