import { dirname } from "node:path";
import { VaultError } from "../vault-error.ts";
import { errorCode } from "./file-error.ts";
import type { FileOps } from "./file-ops.ts";

/**
 * Makes a folder (0700), and what is above it, and returns those that it made, the deepest first. It may exist already.
 * Node's own `recursive` says ENOENT of a read-only disk, and below /proc it never returns.
 */
export async function makeWithParents(ops: FileOps, path: string): Promise<readonly string[]> {
  const made = await makeOne(ops, path);
  if (made !== "parent-missing") return made;
  const parents = dirname(path) === path ? [] : await makeWithParents(ops, dirname(path));
  const again = await makeOne(ops, path);
  if (again !== "parent-missing") return [...again, ...parents];
  throw new VaultError("store-failed", `No folder can be made at ${path}. Choose a place on a disk for your files.`);
}

async function makeOne(ops: FileOps, path: string): Promise<readonly string[] | "parent-missing"> {
  try {
    await ops.mkdir(path, { mode: 0o700 });
    return [path];
  } catch (error) {
    if (errorCode(error) === "EEXIST") return [];
    if (errorCode(error) === "ENOENT") return "parent-missing";
    throw error;
  }
}
