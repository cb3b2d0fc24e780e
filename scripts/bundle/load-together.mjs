import { globSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { dirname, join, relative } from "node:path";
import { EVERYWHERE, TOGETHER } from "./together.mjs";

/**
 * An esbuild plugin: of modules that are used one after another, an `import()` of one loads all. Otherwise each
 * `import()` makes chunks of its own out of what it shares with others: a hundred of them made two hundred small files.
 * The sources stay as they are, and run unbundled without this.
 */
export function loadTogether(root, entryPoints) {
  const entries = entryPoints.map((file) => join(root, file));
  const groups = new Map();
  const nameOf = (target) => {
    const group = groupOf(root, target);
    return group && { group, member: `module${[...groups.get(group)].indexOf(target)}` };
  };
  return {
    name: "load-together",
    setup(build) {
      build.onStart(async () => {
        for (const file of globSync("{extension,mcp-server}/**/*.ts", { cwd: root })) {
          for (const [, target] of await dynamicImports(build, join(root, file))) {
            const group = groupOf(root, target);
            if (group !== undefined) groups.set(group, (groups.get(group) ?? new Set()).add(target));
          }
        }
      });
      build.onLoad({ filter: /\.ts$/ }, async ({ path }) => {
        const targets = await dynamicImports(build, path);
        const text = (await readFile(path, "utf8")).replaceAll(DYNAMIC_IMPORT, (whole, specifier) => {
          const place = nameOf(targets.get(specifier));
          return place === undefined ? whole : `import("group:${place.group}").then((group) => group.${place.member})`;
        });
        return { contents: entries.includes(path) ? text + imports(root, EVERYWHERE.early) : text, loader: "ts" };
      });
      build.onResolve({ filter: /^group:/ }, ({ path }) => ({ path: path.slice("group:".length), namespace: "group" }));
      build.onLoad({ filter: /.*/, namespace: "group" }, ({ path: group }) => {
        const targets = [...groups.get(group)];
        requireOneRoom(root, group, targets);
        const isOurs = targets.some((target) => !target.includes("node_modules"));
        const needed = isOurs ? imports(root, [...EVERYWHERE.early, ...EVERYWHERE.late]) : "";
        const members = targets.map((target, index) => `export * as module${index} from ${JSON.stringify(target)};`);
        return { contents: `${needed}${members.join("\n")}`, resolveDir: root };
      });
    },
  };
}

/** Not of types: those are `typeof import(…)`. */
const DYNAMIC_IMPORT = /(?<!typeof )\bimport\("([^"]+)"\)/g;

/** The files that a module's `import()`s name, by how it names them. */
async function dynamicImports(build, file) {
  const targets = new Map();
  for (const [, specifier] of (await readFile(file, "utf8")).matchAll(DYNAMIC_IMPORT)) {
    const options = { kind: "dynamic-import", resolveDir: dirname(file) };
    targets.set(specifier, (await build.resolve(specifier, options)).path);
  }
  return targets;
}

/** Each module of ours that is loaded by `import()` is in a group, if only in one of its own. */
function groupOf(root, target) {
  const path = relative(root, target).replaceAll("\\", "/");
  const group = TOGETHER.find(([, pattern]) => pattern.test(path))?.[0];
  return group ?? (/^(extension|mcp-server)\/.*\.ts$/.test(path) ? path.replace(/^.*\/|\.ts$/g, "") : undefined);
}

function requireOneRoom(root, group, targets) {
  const isOfVSCode = targets.map((target) => relative(root, target).startsWith(join("extension", "vscode")));
  if (new Set(isOfVSCode).size > 1) throw new Error(`The group ${group} has modules of extension/vscode and others.`);
}

function imports(root, files) {
  return files.map((file) => `import ${JSON.stringify(join(root, file))};\n`).join("");
}
