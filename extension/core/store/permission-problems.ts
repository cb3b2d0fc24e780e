import type { Stats } from "node:fs";
import { lstat, readdir, stat } from "node:fs/promises";
import { dirname, join, resolve } from "node:path";

/**
 * What lets other users of this machine read or change a folder of secrets: one sentence each, with the way out.
 * Empty if all is well, if there is no such folder, and on Windows, where a profile's folder is the user's own.
 */
export async function permissionProblems(folder: string): Promise<readonly string[]> {
  if (process.platform === "win32") return [];
  const root = resolve(folder);
  const found = await stat(root).catch(() => undefined);
  if (found === undefined) return [];
  const parent = dirname(root);
  const problems = [...ofParent(parent, await stat(parent)), ...ofEntry(root, found)];
  for await (const [path, entry] of entriesOf(root)) {
    problems.push(...ofEntry(path, entry));
    if (problems.length >= MAX_PROBLEMS) break;
  }
  return problems;
}

const MAX_PROBLEMS = 20;

/** Whoever may write to the folder above can put another one in the place of this one, unless it is "sticky" as /tmp. */
function ofParent(path: string, found: Stats): readonly string[] {
  const open = (found.mode & 0o022) !== 0 && (found.mode & 0o1000) === 0;
  return open ? [`Other users can replace what is in ${path}. Run: chmod go-w '${path}'`] : [];
}

function ofEntry(path: string, found: Stats): readonly string[] {
  if (found.isSymbolicLink()) return [`${path} is a symbolic link, which a vault never holds. Remove it.`];
  if (found.uid !== process.getuid?.()) return [`${path} belongs to another user. Run: chown -R "$USER" '${path}'`];
  if ((found.mode & 0o077) === 0) return [];
  const doing = (found.mode & 0o022) !== 0 ? "read or change" : "read";
  return [`Other users can ${doing} ${path}. Run: chmod -R go-rwx '${path}'`];
}

async function* entriesOf(folder: string): AsyncIterable<readonly [string, Stats]> {
  for (const entry of await readdir(folder, { withFileTypes: true }).catch(() => [])) {
    const path = join(folder, entry.name);
    const found = await lstat(path).catch(() => undefined); // removed meanwhile
    if (found === undefined) continue;
    yield [path, found];
    if (entry.isDirectory()) yield* entriesOf(path);
  }
}
