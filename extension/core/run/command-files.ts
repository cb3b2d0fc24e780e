import { createHash } from "node:crypto";
import { type BigIntStats, closeSync, constants, openSync, readdirSync, readSync, statSync } from "node:fs";
import { homedir } from "node:os";
import { basename, delimiter, dirname, isAbsolute, join, resolve } from "node:path";
import type { Command } from "./command.ts";
import { readCommand } from "./command-reading.ts";
import { readShell } from "./shell-reader.ts";
import { folderIdentity } from "./working-folder.ts";

/** What a command's words stand for at one moment. Under the same words another script would be another command. */
export interface CommandFiles {
  /** Of the working folder: see `folderIdentity`. */
  readonly folder: string;
  /** SHA-256 by path; of a large file its inode, size and times instead, which no write leaves as they are. */
  readonly files: Readonly<Record<string, string>>;
}

/**
 * The programs that a command names, its scripts, and every other file that stands as a word in it, below the working
 * folder or a folder that it names; and what the best-known runners read without being told (`package.json`, `Makefile`).
 * Rather too many than too few: one too many is one question more. What these files start or read in turn is not seen,
 * nor what the shell puts in (`$FILE`, `*.sh`), but for `~` and `$HOME`.
 */
export function commandFiles(
  { command, searchPath }: { readonly command: Command; readonly searchPath?: string | undefined },
  cwd: string,
): CommandFiles {
  const words = wordsOf(command, cwd);
  const paths = new Set<string>();
  const folders = new Set([cwd]);
  // A loop over a set goes on with what is added to it: `cd a && cd b && ./c.sh`.
  for (const folder of folders) {
    for (const path of pathsBelow(folder, words)) {
      if (!statOf(path)?.isDirectory()) paths.add(path);
      else if (folders.size < MAX_FOLDERS) folders.add(path);
    }
  }
  for (const path of readUnnamed(words, [...folders])) paths.add(path);
  for (const { word, file } of readCommand(command, { cwd, searchPath })) {
    for (const path of file === undefined ? onRelativePath(word, searchPath, cwd) : [file.path]) paths.add(path);
  }
  let left = MAX_READ;
  const files: Record<string, string> = {};
  for (const path of [...paths].sort()) {
    const stat = statOf(path);
    if (!stat?.isFile()) continue;
    const isRead = stat.size <= MAX_FILE && stat.size <= left;
    if (isRead) left -= Number(stat.size);
    files[path] = (isRead ? contentOf(path, stat) : undefined) ?? identityOf(stat);
  }
  return { folder: folderIdentity(cwd), files };
}

/** Something that stands in for what a person approved, or is gone that they had seen. */
export interface CommandChange {
  readonly kind: "file" | "folder" | "project-file-gone";
  readonly path: string;
}

export function changesSince(before: CommandFiles, now: CommandFiles, cwd: string): readonly CommandChange[] {
  const paths = [...new Set([...Object.keys(before.files), ...Object.keys(now.files)])];
  return [
    ...(before.folder === now.folder ? [] : [{ kind: "folder", path: cwd } as const]),
    ...paths.filter((path) => before.files[path] !== now.files[path]).map((path) => ({ kind: "file", path }) as const),
  ];
}

const MAX_FILE = 1 << 20;
const MAX_READ = 8 << 20;
const MAX_FOLDERS = 32;

/**
 * Everything in a command that may be a path: its words as a shell reads them, what stands between quotes, and every
 * piece between signs, so that `--import=./x.js` and a text for `sh -c` are seen too. What is only written to is none.
 */
function wordsOf(command: Command, cwd: string): ReadonlySet<string> {
  const found = new Set<string>(typeof command === "string" ? [] : command);
  for (const text of typeof command === "string" ? [command] : command) {
    const expanded = text
      .replace(/(?<![^\s=:'"])~(?=\/)|\$(HOME\b|\{HOME\})/g, () => homedir())
      .replace(/\$(PWD\b|\{PWD\})/g, () => cwd);
    for (const { words } of readShell(expanded) ?? []) for (const word of words) found.add(word.text);
    for (const piece of expanded.split(/["'`\n]/)) found.add(piece.trim());
    for (const piece of expanded.replace(WRITTEN, " ").split(/[\s'"`;&|<>(){}[\]=,:@$]+/)) found.add(piece);
  }
  // `python -m tools.deploy`
  for (const word of found) if (/^\w+(\.\w+)+$/.test(word)) found.add(word.replaceAll(".", "/"));
  found.delete("");
  return found;
}

/** `> log`, `2>> log`, `&> log`: what a command writes changes with every run. */
const WRITTEN = /[\d&]?>{1,2}[|&]?[ \t]*[^\s;&|<>()'"`$]+/g;

/** Without its ending interpreters find a file too, or one in a folder. */
const ENDINGS = ["", ".js", ".ts", ".py", "/index.js", "/index.ts", "/package.json", "/__main__.py"];

/** One look into the folder spares one for each word. */
function pathsBelow(folder: string, words: Iterable<string>): ReadonlySet<string> {
  const inside = new Set(namesIn(folder).map((name) => name.toLowerCase()));
  const found = new Set<string>();
  for (const word of words) {
    const isElsewhere = isAbsolute(word) || /^\.\.?(\/|\\|$)/.test(word);
    for (const ending of ENDINGS) {
      const first = `${word}${ending}`.split(/[\\/]/)[0]!.toLowerCase();
      if (!isElsewhere && !inside.has(first)) continue;
      const path = resolve(folder, `${word}${ending}`);
      if (statOf(path) !== undefined) found.add(path);
    }
  }
  return found;
}

/** What a program reads without being told; the one in the nearest folder upward, as npm does. */
function readUnnamed(words: ReadonlySet<string>, folders: readonly string[]): readonly string[] {
  const programs = new Set([...words].map((word) => basename(word).replace(/\.(exe|cmd)$/i, "")));
  const names = READ_UNNAMED.filter(({ by }) => by.some((program) => programs.has(program))).flatMap(
    ({ read }) => read,
  );
  return folders.flatMap((folder) => names.map((name) => upward(folder, name)).filter((path) => path !== undefined));
}

const READ_UNNAMED = [
  { by: list("node npm npx pnpm pnpx yarn bun bunx"), read: ["package.json", ".npmrc"] },
  { by: list("make gmake"), read: ["GNUmakefile", "makefile", "Makefile"] },
  { by: list("just"), read: ["justfile", ".justfile", "Justfile"] },
  { by: list("rake"), read: ["Rakefile"] },
  { by: list("deno"), read: ["deno.json", "deno.jsonc"] },
  {
    by: list("docker docker-compose podman"),
    read: ["compose.yaml", "compose.yml", "docker-compose.yaml", "docker-compose.yml"],
  },
];

function list(text: string): readonly string[] {
  return text.split(" ");
}

function upward(folder: string, name: string): string | undefined {
  for (let at = folder; ; at = dirname(at)) {
    const path = join(at, name);
    if (statOf(path) !== undefined) return path;
    if (at === dirname(at)) return undefined;
  }
}

/** With a relative folder on the PATH a project can put a program of its own there. */
function onRelativePath(name: string, searchPath: string | undefined, cwd: string): readonly string[] {
  if (name === "" || basename(name) !== name) return [];
  const folders = (searchPath ?? "").split(delimiter).filter((folder) => !isAbsolute(folder));
  return folders.map((folder) => join(resolve(cwd, folder), name));
}

function namesIn(folder: string): readonly string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}

function statOf(path: string): BigIntStats | undefined {
  try {
    return statSync(path, { bigint: true, throwIfNoEntry: false });
  } catch {
    return undefined; // too long a name, a NUL, a folder that can't be looked into
  }
}

function identityOf({ dev, ino, size, mtimeNs, ctimeNs }: BigIntStats): string {
  return [dev, ino, size, mtimeNs, ctimeNs].join(":");
}

/** undefined where it can't be read. What is empty by its size isn't opened: files of /proc are, and never end. */
function contentOf(path: string, { size }: BigIntStats): string | undefined {
  const hash = createHash("sha256");
  if (size === 0n) return hash.digest("hex");
  let file: number | undefined;
  try {
    file = openSync(path, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0));
    const bytes = Buffer.allocUnsafe(Number(size) + 1);
    let length = 0;
    while (length < bytes.length) {
      const read = readSync(file, bytes, length, bytes.length - length, null);
      if (read === 0) return hash.update(bytes.subarray(0, length)).digest("hex");
      length += read;
    }
    return undefined; // it grew meanwhile
  } catch {
    return undefined;
  } finally {
    if (file !== undefined) closeSync(file);
  }
}
