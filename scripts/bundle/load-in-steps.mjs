import { readFileSync, writeFileSync } from "node:fs";
import { basename, dirname, relative } from "node:path";

/**
 * Makes every `import()` in what `entry` reaches load its chunks one after another, with a turn of the event loop where
 * those before took long. Node reads, compiles and runs a module with all that it imports in one go: a tenth of a
 * second for some of ours, in which an editor's other extensions would wait. Changes the files that esbuild has written.
 */
export function loadInSteps({ outputs }, entry) {
  const atStart = new Set(staticOrder(outputs, entry));
  const loaded = new Set();
  for (const output of reachable(outputs, entry)) {
    const imports = outputs[output].imports.filter((each) => isOurs(each) && each.kind === "dynamic-import");
    const targets = new Set(imports.map(({ path }) => path));
    for (const target of targets) loaded.add(target);
    if (targets.size > 0) replaceImports(output, targets);
  }
  const files = new Set();
  const steps = {};
  for (const target of [...loaded].sort()) {
    const order = staticOrder(outputs, target).filter((output) => !atStart.has(output));
    for (const output of order) files.add(basename(output));
    steps[basename(target)] = order.map((output) => [...files].indexOf(basename(output)));
  }
  writeFileSync(HELPER, helper([...files], steps));
}

const HELPER = "dist/chunks/in-steps.js";

/** What an output imports statically, itself last: each after all that it needs. */
function staticOrder(outputs, output, seen = new Set()) {
  if (seen.has(output)) return [];
  seen.add(output);
  const needs = outputs[output].imports.filter((each) => isOurs(each) && each.kind === "import-statement");
  return [...needs.flatMap(({ path }) => staticOrder(outputs, path, seen)), output];
}

function reachable(outputs, output, seen = new Set()) {
  if (seen.has(output)) return seen;
  seen.add(output);
  for (const each of outputs[output].imports.filter(isOurs)) reachable(outputs, each.path, seen);
  return seen;
}

function isOurs({ external }) {
  return external !== true;
}

/** Moves nothing: the source map stays true. */
function replaceImports(output, targets) {
  let text = readFileSync(output, "utf8");
  for (const target of targets) {
    const written = `import("${specifier(output, target)}")`;
    if (!text.includes(written)) throw new Error(`${output} has no ${written}.`);
    text = text.replaceAll(written, `__steps("${basename(target)}")`.padEnd(written.length));
  }
  writeFileSync(output, `${text}\nimport { inSteps as __steps } from "${specifier(output, HELPER)}";\n`);
}

function specifier(from, to) {
  const path = relative(dirname(from), to);
  return path.startsWith(".") ? path : `./${path}`;
}

function helper(files, steps) {
  return `const files = ${JSON.stringify(files)};
const steps = ${JSON.stringify(steps)};
export async function inSteps(target) {
  let began = 0;
  let module;
  for (const step of steps[target]) {
    if (performance.now() - began > 2) {
      await new Promise((resolve) => setImmediate(resolve));
      began = performance.now();
    }
    module = await import("./" + files[step]);
  }
  return module;
}
`;
}
