import { closeSync, fstatSync, lstatSync, openSync, readdirSync, readSync, type Stats } from "node:fs";
import { link, mkdir, open, rename, rm, rmdir, truncate, unlink } from "node:fs/promises";

/** Every call that the store makes to the disk. Tests pass one that fails, or stops, at a chosen call. */
export const diskOps = {
  ...{ closeSync, fstatSync, openSync, readSync },
  ...{ link, lstat, mkdir, open, readdir, rename, rm, rmdir, truncate, unlink },
};

/** A look into a folder of a local disk takes less time than the way to the thread pool and back. */
async function readdir(path: string): Promise<string[]> {
  return readdirSync(path);
}

async function lstat(path: string): Promise<Stats> {
  return lstatSync(path);
}

export type FileOps = typeof diskOps;
