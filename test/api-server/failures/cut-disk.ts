import { dirname } from "node:path";
import type { FileOp } from "./syscall-log.ts";

/**
 * A disk as it may be after the power failed behind the first `count` operations. What was synced is there. Of what was
 * written to a file since its last sync, each piece is there, is not, or is there in some of its sectors, whatever came
 * before or after it. A file that was made is there for sure once its folder was synced.
 */
export function diskAfterCut(
  ops: readonly FileOp[],
  count: number,
  random: () => number,
  isSyncIgnored = false,
): ReadonlyMap<string, Buffer> {
  const files = new Map<string, File>();
  for (const op of ops.slice(0, count)) {
    const file = files.get(op.path);
    switch (op.kind) {
      case "create":
        if (file === undefined) files.set(op.path, { buffer: Buffer.alloc(0), size: 0, pending: [], isNamed: false });
        break;
      case "write":
      case "truncate":
        file?.pending.push(op);
        break;
      case "remove":
        files.delete(op.path);
        break;
      case "sync":
        if (isSyncIgnored) break;
        for (const [path, each] of files) if (dirname(path) === op.path) each.isNamed = true;
        if (file === undefined) break;
        for (const done of file.pending.splice(0)) apply(file, done, () => true);
    }
  }
  const disk = new Map<string, Buffer>();
  for (const [path, file] of files) {
    if (!file.isNamed && random() < 0.5) continue;
    for (const op of file.pending) {
      const fate = random();
      if (fate < 0.4) continue;
      apply(file, op, fate < 0.7 ? () => true : () => random() < 0.5);
    }
    disk.set(path, file.buffer.subarray(0, file.size));
  }
  return disk;
}

interface File {
  /** The first `size` bytes of it are the file, and zeros follow. */
  buffer: Buffer;
  size: number;
  readonly pending: Pending[];
  isNamed: boolean;
}

type Pending = Extract<FileOp, { kind: "write" | "truncate" }>;

function apply(file: File, op: Pending, isSectorWritten: () => boolean): void {
  if (op.kind === "truncate") {
    resize(file, op.size);
    return;
  }
  const end = op.offset + op.bytes.length;
  if (end > file.size) resize(file, end);
  for (let at = op.offset; at < end; ) {
    const stop = Math.min(end, (Math.floor(at / SECTOR) + 1) * SECTOR);
    if (isSectorWritten()) op.bytes.copy(file.buffer, at, at - op.offset, stop - op.offset);
    at = stop;
  }
}

function resize(file: File, size: number): void {
  if (size > file.buffer.length) file.buffer = Buffer.concat([file.buffer], size * 2);
  if (size < file.size) file.buffer.fill(0, size, file.size);
  file.size = size;
}

/** What a disk writes all of, or nothing. */
const SECTOR = 512;
