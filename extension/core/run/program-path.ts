import { createHash } from "node:crypto";
import { closeSync, openSync, readSync, realpathSync } from "node:fs";
import { basename, delimiter, isAbsolute } from "node:path";
import { findProgram } from "./find-program.ts";

/** Where a command will run, as far as it decides which file a program's name stands for. */
export interface ProgramPlace {
  /** The working folder; undefined where the command changes it before. */
  readonly cwd: string | undefined;
  /** The PATH that the child gets. */
  readonly searchPath: string | undefined;
}

/** The file that a program's name stands for, and the one behind its links. */
export interface ProgramFile {
  readonly path: string;
  readonly realPath: string;
}

/**
 * undefined where there is none, or where it can't be told: below a folder that isn't known, or with a relative folder
 * on the PATH, in which a project could put a program of its own.
 */
export function programFile(name: string, { cwd, searchPath }: ProgramPlace): ProgramFile | undefined {
  const hasFolder = basename(name) !== name;
  if (hasFolder ? cwd === undefined && !isAbsolute(name) : !isPlain(searchPath)) return undefined;
  const path = findProgram(name, searchPath, cwd ?? "/");
  if (path === undefined) return undefined;
  try {
    return { path, realPath: realpathSync.native(path) };
  } catch {
    return undefined;
  }
}

/**
 * Names by which a program goes: as it was called, and as the file behind a link; each in lower case as it is, and
 * without `.exe` and a version, so that `Python3.12.EXE` is python. A file that is many programs (BusyBox) has no name
 * of its own.
 */
export function programNames(word: string, file: ProgramFile | undefined): readonly string[] {
  const names = [baseName(word), plainName(word)];
  if (file === undefined || MANY_PROGRAMS.has(plainName(file.realPath))) return [...new Set(names)];
  return [...new Set([...names, baseName(file.realPath), plainName(file.realPath)])];
}

export function plainName(path: string): string {
  return baseName(path)
    .replace(/\.(exe|com|cmd|bat)$/, "")
    .replace(/(?<=[a-z])-?\d+(\.\d+)*$/, "");
}

function baseName(path: string): string {
  return path.replace(/^.*[\\/]/, "").toLowerCase();
}

/** SHA-256 of a program, hex; undefined where it can't be read. */
export function programHash({ realPath }: ProgramFile): string | undefined {
  try {
    const file = openSync(realPath, "r");
    try {
      const hash = createHash("sha256");
      const chunk = Buffer.allocUnsafe(1 << 20);
      while (true) {
        const read = readSync(file, chunk);
        if (read === 0) return hash.digest("hex");
        hash.update(chunk.subarray(0, read));
      }
    } finally {
      closeSync(file);
    }
  } catch {
    return undefined;
  }
}

const MANY_PROGRAMS = new Set(["busybox", "toybox", "coreutils", "uutils"]);

function isPlain(searchPath: string | undefined): boolean {
  return (searchPath ?? "").split(delimiter).every(isAbsolute);
}
