import { constants } from "node:fs";
import { type FileHandle, open } from "node:fs/promises";
import { gunzipSync, inflateSync } from "node:zlib";
import type { Matcher } from "../redact/matcher.ts";
import type { Budget } from "./leaked-files.ts";
import type { Path } from "./leaked-walk.ts";

/** Names of the secrets that a text shows, in any form that the redactor knows. */
export function namesInText(matcher: Matcher, text: Uint8Array | string): readonly string[] {
  const redactor = matcher.redactor();
  redactor.push(Buffer.from(text));
  redactor.end();
  return [...redactor.counts.keys()];
}

/** The same for a file, as far as the budget reaches; and for what is inside, if it is compressed by gzip or zlib. */
export async function namesInFile(file: Path, matcher: Matcher, budget: Budget): Promise<readonly string[]> {
  let handle: FileHandle;
  try {
    // A link or a pipe that was put in its place meanwhile is not followed, and not waited for.
    handle = await open(file, constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0) | (constants.O_NONBLOCK ?? 0));
  } catch {
    budget.skip("unreadable");
    return [];
  }
  try {
    if (!(await handle.stat()).isFile()) return [];
    return await namesInHandle(handle, matcher, budget);
  } catch {
    budget.skip("unreadable");
    return [];
  } finally {
    await handle.close();
  }
}

async function namesInHandle(handle: FileHandle, matcher: Matcher, budget: Budget): Promise<readonly string[]> {
  const redactor = matcher.redactor();
  const packed: Buffer[] = [];
  let isPacked = false;
  for (let at = 0; ; ) {
    const granted = budget.grant(at, CHUNK_BYTES);
    if (granted === 0) break;
    const chunk = Buffer.allocUnsafe(granted);
    const { bytesRead } = await handle.read(chunk, 0, granted, at);
    if (bytesRead === 0) break;
    const bytes = chunk.subarray(0, bytesRead);
    if (at === 0) isPacked = unpackerOf(bytes) !== undefined;
    if (isPacked) packed.push(bytes);
    redactor.push(bytes);
    at += bytesRead;
  }
  redactor.end();
  const inside = isPacked ? unpack(Buffer.concat(packed), budget) : undefined;
  return [...redactor.counts.keys(), ...(inside === undefined ? [] : namesInText(matcher, inside))];
}

const CHUNK_BYTES = 256 * 1024;
const MAX_UNPACKED = 16 * 1024 * 1024;

/** By the first bytes: gzip (RFC 1952), or zlib (RFC 1950), in which git keeps its objects. */
function unpackerOf(bytes: Buffer): typeof gunzipSync | undefined {
  if (bytes[0] === 0x1f && bytes[1] === 0x8b) return gunzipSync;
  return bytes.length > 2 && bytes[0] === 0x78 && bytes.readUInt16BE() % 31 === 0 ? inflateSync : undefined;
}

/** undefined = it is not packed after all, or more than anybody should unpack. */
function unpack(bytes: Buffer, budget: Budget): Buffer | undefined {
  try {
    return unpackerOf(bytes)?.(bytes, { maxOutputLength: MAX_UNPACKED });
  } catch (error) {
    if (error instanceof RangeError) budget.skip("too large");
    return undefined;
  }
}
