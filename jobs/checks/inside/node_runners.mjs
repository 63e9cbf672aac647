// Starts a JavaScript test runner and says what each test did: {cases, collected, status, log}.
// A case is {id, outcome, manner, message}; ids are `file::suite::test`, files from the current directory.
import { spawn } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, symlinkSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join, relative, sep } from "node:path";
import { fileURLToPath } from "node:url";

const HERE = dirname(fileURLToPath(import.meta.url));
const ROOT = process.cwd();
const LOG = 200_000;
const TEST = /(^|[/\\])(test|tests|testing|__tests__|spec)[/\\]|\.(test|spec)\.[cm]?[jt]sx?(:|$)/;

/** Makes the environment's packages visible to the tree, which has none of its own; caches stay in the tree. */
export function furnish(environment) {
  const packages = join(environment ?? "", "node_modules");
  if (!environment || !existsSync(packages) || existsSync("node_modules")) return;
  mkdirSync("node_modules");
  for (const name of readdirSync(packages)) {
    if (name !== ".vite" && name !== ".cache") symlinkSync(join(packages, name), join("node_modules", name));
  }
}

export async function runTests(settings, { coverage = null, timeout = 0 } = {}) {
  const files = [...settings.selection, ...(settings.selection.length && settings.canary ? [settings.canary] : [])];
  const started = await start(settings, files, { coverage, timeout });
  if (started.late) return { cases: [], collected: [], status: null, log: started.log };
  const read = settings.runner === "node" ? fromEvents(started) : fromJson(started);
  return { ...read, status: started.status };
}

async function start(settings, files, { coverage, timeout }) {
  const folder = mkdtempSync("/tmp/run-");
  const report = join(folder, "report.json");
  const words = commandOf(settings, files, report);
  const env = { ...process.env, NO_COLOR: "1", FORCE_COLOR: "0", CI: "true" };
  delete env.NODE_TEST_CONTEXT;
  if (coverage) env.NODE_V8_COVERAGE = coverage;
  const child = spawn(process.execPath, words, { env, stdio: ["ignore", "pipe", "pipe"], detached: true });
  let out = "", log = "", late = false;
  child.stdout.on("data", (data) => { out += data; });
  child.stderr.on("data", (data) => { if (log.length < LOG) log += data; });
  const clock = timeout ? setTimeout(() => { late = true; end(child.pid); }, timeout * 1000) : null;
  const status = await new Promise((done) => child.on("close", (code) => done(code ?? 128)));
  clearTimeout(clock);
  end(child.pid);
  return { out, log, late, status, report };
}

function end(group) {
  try { process.kill(-group, "SIGKILL"); } catch (error) { if (error.code !== "ESRCH") throw error; }
}

function commandOf(settings, files, report) {
  if (settings.runner === "node") {
    const reporter = ["--test", `--test-reporter=${join(HERE, "node_reporter.mjs")}`, "--test-reporter-destination=stdout"];
    const given = settings.arguments.length && settings.canary ? [...settings.arguments, settings.canary] : settings.arguments;
    return [...(settings.loader ? ["--import", settings.loader] : []), ...reporter, ...(files.length ? files : given)];
  }
  const program = bin(settings.runner);
  const seed = settings.order ?? null;
  if (settings.runner === "jest") {
    const only = files.length ? ["--runTestsByPath", ...files] : settings.arguments;
    return [program, "--ci", "--json", `--outputFile=${report}`, "--testLocationInResults", ...(seed === null ? [] : ["--randomize", `--seed=${seed}`]), ...only];
  }
  const shuffled = seed === null ? [] : ["--sequence.shuffle", `--sequence.seed=${seed}`];
  return [program, "run", ...shuffled, "--reporter=json", `--outputFile=${report}`, ...(files.length ? files : settings.arguments)];
}

function bin(name) {
  const require = createRequire(join(ROOT, "package.json"));
  const manifest = require.resolve(`${name}/package.json`);
  const { bin: program } = JSON.parse(readFileSync(manifest, "utf8"));
  return join(dirname(manifest), typeof program === "string" ? program : program[name]);
}

const local = (file) => relative(ROOT, file).split(sep).join("/");

function fromEvents({ out, log }) {
  const cases = [], collected = [], stacks = new Map(), printed = new Map();
  let told = "";
  for (const line of out.split("\n")) {
    let event;
    try { event = JSON.parse(line); } catch { told += line + "\n"; continue; }
    const { file = "", name = "", nesting = 0 } = event;
    if (event.type === "test:stdout" || event.type === "test:stderr") {
      told += event.message;
      printed.set(file, (printed.get(file) ?? "") + event.message);
      continue;
    }
    const stack = stacks.get(file) ?? stacks.set(file, []).get(file);
    const whole = name === file || local(file) === name;
    if (event.type === "test:start") { stack.length = nesting; stack.push(name); }
    if (event.type === "test:enqueue" && !whole && nesting === 0) collected.push(`${local(file)}::${name}`);
    if (event.type !== "test:pass" && event.type !== "test:fail") continue;
    const id = whole ? local(file) : [local(file), ...stack.slice(0, nesting), name].join("::");
    const one = whole ? fileCase(id, event, printed.get(file) ?? "") : testCase(id, event);
    if (one) cases.push(one);
    if (one?.message) told += `${id}: ${one.message}\n`;
  }
  const known = [...cases.map((one) => one.id)];
  const missing = collected.filter((id) => !known.some((have) => have === id || have.startsWith(`${id}::`)));
  return { cases, collected: [...known, ...missing], log: told + log };
}

function testCase(id, event) {
  if (event.skip || event.todo) return { id, outcome: "skipped" };
  if (event.type === "test:pass") return event.suite ? null : { id, outcome: "passed" };
  if (event.error.kind === "subtestsFailed") return null;
  const broken = event.error.kind === "hookFailed";
  return { id, outcome: broken ? "error" : "failed", ...failure(event.error), ...(broken ? { manner: "other" } : {}) };
}

function fileCase(id, event, printed) {
  if (event.type === "test:pass") return null;
  const message = printed.match(/^.*Error.*$/m)?.[0] ?? "the file cannot be run";
  return { id, outcome: "error", ...failure({ name: "", message, stack: "" }) };
}

function fromJson({ report, out, log, status }) {
  const told = out + log;
  if (!existsSync(report)) return { cases: null, collected: [], log: told };
  const cases = [];
  for (const file of JSON.parse(readFileSync(report, "utf8")).testResults) {
    const where = local(file.name);
    const tests = file.assertionResults ?? [];
    if (!tests.length && file.status === "failed") {
      cases.push({ id: where, outcome: "error", ...failure(spoken(file.message ?? "")) });
    }
    for (const test of tests) {
      const id = [where, ...test.ancestorTitles.filter(Boolean), test.title].join("::");
      const failed = test.status === "failed";
      const outcome = failed || test.status === "passed" ? test.status : "skipped";
      cases.push({ id, outcome, ...(failed ? failure(spoken(test.failureMessages?.[0] ?? "")) : {}) });
    }
  }
  return { cases, collected: cases.map((one) => one.id), log: told, status };
}

function spoken(text) {
  const plain = text.replace(/\x1b\[[0-9;]*m/g, "");
  const name = /AssertionError|expect\(|^(Error: )?expected .* to /im.test(plain.split("\n    at ")[0]) ? "AssertionError" : "";
  return { name, message: plain.split("\n    at ")[0].slice(0, 2000), stack: plain };
}

/** In which manner it failed: by assertion, for something missing, in the product, or for another reason. */
function failure({ name, code, message, stack }) {
  const plain = String(message ?? "");
  const said = plain.replaceAll(ROOT + sep, "").replace(/module '(?:\.{1,2}\/)+/g, "module '").replace(/(?:\S*\.)?([\w$]+) is not (a function|a constructor|defined)/, "'$1' is not $2").slice(0, 600);
  if (code === "ERR_ASSERTION" || name === "AssertionError") return { manner: "assertion", message: said };
  const gone = /export named '|Cannot find (module|package)|is not (a function|a constructor|defined)|Failed to (load|resolve)/;
  const first = frames(stack)[0] ?? "";
  if (gone.test(plain) && (!first || TEST.test(first))) return { manner: "missing", message: said };
  return { manner: first && !TEST.test(first) ? "crash" : "other", message: said };
}

function frames(stack) {
  const found = [];
  for (const line of String(stack ?? "").split("\n")) {
    const at = line.match(/^\s+at .*?(?:file:\/\/)?(\/[^():]+):\d+:\d+\)?$/)?.[1];
    if (at?.startsWith(ROOT + sep) && !at.includes("node_modules")) found.push(local(at));
  }
  return found;
}

const escaped = (text) => String(text)
  .replace(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\ud800-\udfff\ufffe\uffff]/g, "?")
  .replace(/&/g, "&amp;").replace(/</g, "&lt;").replace(/>/g, "&gt;").replace(/"/g, "&quot;").replace(/\n/g, "&#10;");

export function junit(cases) {
  const rows = cases.map(({ id, outcome, manner, message }) => {
    const facts = [["id", id], ...(manner ? [["manner", manner]] : [])]
      .map(([key, value]) => `<property name="${key}" value="${escaped(value)}"/>`).join("");
    const ends = { skipped: "<skipped/>", failed: `<failure message="${escaped(message)}"/>`, error: `<error message="${escaped(message)}"/>` };
    return `<testcase name="${escaped(id)}"><properties>${facts}</properties>${ends[outcome] ?? ""}</testcase>`;
  });
  return `<?xml version="1.0" encoding="utf-8"?>\n<testsuite>${rows.join("\n")}</testsuite>\n`;
}

export const isTest = (path) => TEST.test(path);
