import { lstatSync, readdirSync, readlinkSync, type Stats } from "node:fs";
import { setImmediate as nextTurn } from "node:timers/promises";
import type { Budget } from "./leaked-files.ts";

/** Not every file's name is text; such a path is bytes, and else a string, which is several times faster. */
export type Path = string | Buffer;

/** Something below a folder that was made or changed. */
export type ChangedEntry =
  /** `file` is the whole path, `path` the part below the folder. */
  | { readonly kind: "file"; readonly file: Path; readonly path: Path }
  | { readonly kind: "folder"; readonly path: Path }
  | { readonly kind: "link"; readonly path: Path; readonly target: Path };

/**
 * Everything below `root` whose time of change is at or after `since` (ms), nearest first; what tools keep for
 * themselves (`.git`, `node_modules`) last. Links are not followed, nor are other file systems entered.
 */
export async function* changedEntries(root: string, since: number, budget: Budget): AsyncGenerator<ChangedEntry> {
  const device = lstat(root)?.dev;
  const nearby: Path[] = [""];
  const late: Path[] = [];
  let sliceEnds = performance.now() + SLICE_MS;
  while (!budget.isSpent) {
    const folder = nearby.shift() ?? late.shift();
    if (folder === undefined) return;
    const names = list(join(root, folder));
    if (names === undefined) budget.skip("unreadable");
    for (const name of names ?? []) {
      // Synchronous calls are several times faster here; others get their turn in between.
      if (performance.now() > sliceEnds) {
        await nextTurn();
        sliceEnds = performance.now() + SLICE_MS;
      }
      budget.entry();
      if (budget.isSpent) return;
      const path = join(folder, name);
      const file = join(root, path);
      const stat = lstat(file);
      if (stat === undefined) continue; // gone meanwhile
      if (stat.isDirectory() && stat.dev === device) (isLate(name) ? late : nearby).push(path);
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
    return { kind: "link", path, target: readlinkSync(file, { encoding: "buffer" }) };
  } catch {
    return undefined;
  }
}

function lstat(path: Path): Stats | undefined {
  try {
    return lstatSync(path, { throwIfNoEntry: false });
  } catch {
    return undefined;
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
