import { constants } from "node:fs";
import { type FileHandle, open } from "node:fs/promises";
import { setImmediate as nextTurn } from "node:timers/promises";
import type { Matcher, Redactor } from "../redact/matcher.ts";
import type { Budget } from "./leaked-budget.ts";
import { isPacked, unpackedIn } from "./leaked-unpack.ts";
import type { Path } from "./leaked-walk.ts";

/** Names of the secrets that a text shows, in any form that the redactor knows. */
export function namesInText(matcher: Matcher, text: Uint8Array | string): readonly string[] {
  const redactor = matcher.redactor();
  redactor.push(Buffer.from(text));
  redactor.end();
  return [...redactor.counts.keys()];
}

/** A file to look into, and how it is called when that fails. */
export interface Target {
  readonly file: Path;
  readonly path: Path;
}

/** The same for a file, as far as the budget reaches; and for what is compressed inside of it, two layers deep. */
export async function namesInFile(target: Target, matcher: Matcher, budget: Budget): Promise<readonly string[]> {
  const { file, path } = target;
  let handle: FileHandle;
  try {
    // A link or a pipe that was put in its place meanwhile is not followed, and not waited for.
    handle = await open(file, constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0) | (constants.O_NONBLOCK ?? 0));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ENOENT") budget.skip("unreadable", path);
    return [];
  }
  try {
    if (!(await handle.stat()).isFile()) return [];
    const redactor = matcher.redactor();
    const bytes = await readAll(handle, path, redactor, budget);
    redactor.end();
    return [...redactor.counts.keys(), ...(await namesInside(bytes, path, matcher, budget))];
  } catch {
    budget.skip("unreadable", path);
    return [];
  } finally {
    await handle.close();
  }
}

async function readAll(handle: FileHandle, path: Path, redactor: Redactor, budget: Budget): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for (let at = 0; ; ) {
    const granted = budget.grant(at, CHUNK_BYTES, path);
    if (granted === 0) break;
    const chunk = Buffer.allocUnsafe(granted);
    const { bytesRead } = await handle.read(chunk, 0, granted, at);
    if (bytesRead === 0) break;
    const bytes = chunk.subarray(0, bytesRead);
    redactor.push(bytes);
    chunks.push(bytes);
    at += bytesRead;
  }
  return Buffer.concat(chunks);
}

const CHUNK_BYTES = 256 * 1024;

/** All that was unpacked is one stream: a pack of git may hold ten thousand objects. */
async function namesInside(bytes: Buffer, path: Path, matcher: Matcher, budget: Budget): Promise<readonly string[]> {
  const redactor = matcher.redactor();
  let turnEnds = performance.now() + TURN_MS;
  const rest = async (): Promise<void> => {
    if (performance.now() <= turnEnds) return;
    await nextTurn();
    turnEnds = performance.now() + TURN_MS;
  };
  const search = async (packed: Buffer, depth: number): Promise<void> => {
    for (const unpacked of unpackedIn(packed, () => budget.grantUnpacked(path))) {
      await rest();
      switch (unpacked.kind) {
        case "closed":
          budget.skip("unreadable", path);
          break;
        case "too large":
          budget.skip("too large", path);
          break;
        case "content":
          for (let at = 0; at < unpacked.bytes.length; at += CHUNK_BYTES) {
            const chunk = unpacked.bytes.subarray(at, at + CHUNK_BYTES);
            if (!budget.unpacked(chunk.length)) break;
            redactor.push(chunk);
            await rest();
          }
          redactor.push(BETWEEN);
          if (depth < MAX_DEPTH) await search(unpacked.bytes, depth + 1);
          else if (isPacked(unpacked.bytes)) budget.skip("unreadable", path);
          break;
      }
    }
  };
  await search(bytes, 1);
  redactor.end();
  return [...redactor.counts.keys()];
}

const MAX_DEPTH = 2;
const TURN_MS = 8;
const BETWEEN = Buffer.from("\n\n");
