import { lstatSync, readdirSync, readlinkSync, type Stats } from "node:fs";
import { setImmediate as nextTurn } from "node:timers/promises";
import type { Budget } from "./leaked-budget.ts";

/** Not every file's name is text; such a path is bytes, and else a string, which is several times faster. */
export type Path = string | Buffer;

/** Something below a folder that was made or changed. */
export type ChangedEntry =
  /** `file` is the whole path, `path` the part below the folder. */
  | { readonly kind: "file"; readonly file: Path; readonly path: Path }
  | { readonly kind: "folder"; readonly path: Path }
  | { readonly kind: "link"; readonly file: Path; readonly path: Path; readonly target: Path };

/** Where to look. */
export interface Tree {
  /** A folder, or a single file. */
  readonly root: string;
  /** What the paths of its entries begin with; left out: they are those below the root. */
  readonly path?: Path;
  /** A folder below it that is looked at by itself. */
  readonly except?: string;
}

/**
 * Everything below a root whose time of change is at or after `since` (ms), nearest first; what tools keep for
 * themselves (`.git`, `node_modules`) last. Links are not followed, nor are other file systems entered.
 */
export async function* changedEntries(
  { root, path: prefix = "", except }: Tree,
  since: number,
  budget: Budget,
): AsyncGenerator<ChangedEntry> {
  const top = lstat(root);
  if (top === "unreadable" || top === undefined) return budget.skip("unreadable", prefix.length > 0 ? prefix : ".");
  if (top.isFile()) {
    if (top.ctimeMs >= since) yield { kind: "file", file: root, path: prefix };
    return;
  }
  const nearby: Path[] = [""];
  const late: Path[] = [];
  let sliceEnds = performance.now() + SLICE_MS;
  while (!budget.isSpent) {
    const folder = nearby.shift() ?? late.shift();
    if (folder === undefined) return;
    const names = list(join(root, folder));
    if (names === undefined) budget.skip("unreadable", join(prefix, folder));
    for (const name of names ?? []) {
      // Synchronous calls are several times faster here; others get their turn in between.
      if (performance.now() > sliceEnds) {
        await nextTurn();
        sliceEnds = performance.now() + SLICE_MS;
      }
      budget.entry();
      if (budget.isSpent) return;
      const below = join(folder, name);
      const path = join(prefix, below);
      const file = join(root, below);
      const stat = lstat(file);
      if (stat === undefined) continue; // gone meanwhile
      // Such as a path that is longer than the system takes.
      if (stat === "unreadable") {
        budget.skip("unreadable", path);
        continue;
      }
      if (stat.isDirectory() && stat.dev === top.dev && file !== except) (isLate(name) ? late : nearby).push(below);
      if (stat.ctimeMs < since) continue;
      const entry = describe(stat, file, path);
      if (entry !== undefined) yield entry;
    }
  }
}

const SLICE_MS = 8;

function describe(stat: Stats, file: Path, path: Path): ChangedEntry | undefined {
  if (stat.isFile()) return { kind: "file", file, path };
  if (stat.isDirectory()) return { kind: "folder", path };
  if (!stat.isSymbolicLink()) return undefined; // a pipe, a socket, a device: opening it would do something
  try {
    return { kind: "link", file, path, target: readlinkSync(file, { encoding: "buffer" }) };
  } catch {
    return undefined;
  }
}

/** undefined = it isn't there. */
function lstat(path: Path): Stats | "unreadable" | undefined {
  try {
    return lstatSync(path, { throwIfNoEntry: false });
  } catch {
    return "unreadable";
  }
}

function list(folder: Path): readonly Path[] | undefined {
  try {
    const names = typeof folder === "string" ? readdirSync(folder) : undefined;
    // U+FFFD stands for bytes that are no text, and is no way back to them.
    if (names !== undefined && !names.some((name) => name.includes("\uFFFD"))) return names;
    return readdirSync(folder, { encoding: "buffer" });
  } catch {
    return undefined;
  }
}

function isLate(name: Path): boolean {
  return name === "node_modules" || name === ".git";
}

function join(folder: Path, name: Path): Path {
  if (folder.length === 0 || name.length === 0) return folder.length === 0 ? name : folder;
  if (typeof folder === "string" && typeof name === "string") return `${folder}/${name}`;
  return Buffer.concat([Buffer.from(folder), SLASH, Buffer.from(name)]);
}

const SLASH = Buffer.from("/");
