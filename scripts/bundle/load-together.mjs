import { readdir, readFile } from "node:fs/promises";
import { dirname, join, relative, sep } from "node:path";
import { EVERYWHERE, TOGETHER, WITH } from "./together.mjs";

/**
 * An esbuild plugin: of modules that are used one after another, an `import()` of one loads all. Otherwise each
 * `import()` makes chunks of its own out of what it shares with others: a hundred of them made two hundred small files.
 * The sources stay as they are, and run unbundled without this.
 */
export function loadTogether(root) {
  const groups = new Map();
  const nameOf = (target) => {
    const group = groupOf(root, target);
    return group && { group, member: `module${[...groups.get(group)].indexOf(target)}` };
  };
  return {
    name: "load-together",
    setup(build) {
      build.onStart(async () => {
        for (const file of await sources(root)) {
          for (const [, target] of await dynamicImports(build, file)) {
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
        const file = relative(root, path).replaceAll("\\", "/");
        const room = ENTRIES[file];
        const needed = room === undefined ? (WITH[file] ?? []) : [...EVERYWHERE.all.early, ...EVERYWHERE[room].early];
        return { contents: text + imports(root, needed), loader: "ts" };
      });
      build.onResolve({ filter: /^group:/ }, ({ path }) => ({ path: path.slice("group:".length), namespace: "group" }));
      build.onLoad({ filter: /.*/, namespace: "group" }, ({ path: group }) => {
        const targets = [...groups.get(group)];
        const needed = roomsOf(root, group, targets).flatMap((room) => Object.values(EVERYWHERE[room]).flat());
        const members = targets.map((target, index) => `export * as module${index} from ${JSON.stringify(target)};`);
        return { contents: imports(root, needed) + members.join("\n"), resolveDir: root };
      });
    },
  };
}

/** Not by `glob`: this also runs in Node.js 20, which has none. */
async function sources(root) {
  const folders = ["extension", "mcp-server"].map((name) => join(root, name));
  const found = await Promise.all(folders.map((folder) => readdir(folder, { recursive: true })));
  return folders
    .flatMap((folder, at) => found[at].map((name) => join(folder, name)))
    .filter((file) => file.endsWith(".ts"))
    .sort();
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

const ENTRIES = { "extension/vscode/activate.ts": "vscode", "extension/cli/ov.ts": "ov" };

/** Of whose needs a group has all at hand. Packages need none of ours. */
function roomsOf(root, group, targets) {
  const rooms = new Set(targets.map((target) => relative(root, target).split(sep).slice(0, 2).join("/")));
  if (rooms.size > 1 && [...rooms].some((room) => /^extension\/(cli|vscode)$/.test(room))) {
    throw new Error(`The group ${group} has modules of ${[...rooms].join(" and ")}.`);
  }
  if (rooms.has("extension/cli")) return ["all", "ov"];
  if (rooms.has("extension/vscode")) return ["all", "vscode"];
  return targets.some((target) => target.includes("node_modules")) ? [] : ["all"];
}

function imports(root, files) {
  return files.map((file) => `import ${JSON.stringify(join(root, file))};\n`).join("");
}
