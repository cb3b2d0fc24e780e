import { statfs } from "node:fs/promises";
import { Problem } from "../problem.ts";

/** Bytes that a folder's file system has for us. */
export type FreeBytes = (folder: string) => Promise<number>;

export async function freeBytesOf(folder: string): Promise<number> {
  const { bavail, bsize } = await statfs(folder);
  return bavail * bsize;
}

/**
 * Refuses writes with `store_full` while the disk is nearly full; reads go on, and a checkpoint needs the room that is
 * left. It looks once a second: what fills the disk faster is refused by SQLite itself.
 */
export function roomIn(folder: string, freeBytes: FreeBytes = freeBytesOf): () => Promise<void> {
  let asked = Number.NEGATIVE_INFINITY;
  let free: Promise<number> | undefined;
  return async () => {
    if (free === undefined || performance.now() - asked >= ASK_EVERY) {
      asked = performance.now();
      free = freeBytes(folder);
    }
    if ((await free) < LEAST_FREE) throw new Problem("store_full");
  };
}

const ASK_EVERY = 1000;
export const LEAST_FREE = 64 << 20;
