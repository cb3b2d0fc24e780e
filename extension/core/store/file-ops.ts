import { closeSync, fstatSync, openSync, readSync } from "node:fs";
import { link, lstat, mkdir, open, readdir, rename, rm, rmdir, truncate, unlink } from "node:fs/promises";

/** Every call that the store makes to the disk. Tests pass one that fails, or stops, at a chosen call. */
export const diskOps = {
  ...{ closeSync, fstatSync, openSync, readSync },
  ...{ link, lstat, mkdir, open, readdir, rename, rm, rmdir, truncate, unlink },
};

export type FileOps = typeof diskOps;
