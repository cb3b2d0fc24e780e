import { equal, sha256 } from "../crypto/hash.ts";
import type { Id } from "../store/store.ts";
import type { ManifestHead } from "./manifest.ts";
import { damaged, Reader, Writer } from "./wire.ts";

/** One secret's newest version, or that of the environment's settings, as the manifest names it. */
export interface Item {
  readonly pathTag: Uint8Array;
  readonly item: Id;
  readonly version: number;
  /** SHA-256 of the record. */
  readonly hash: Uint8Array;
  /** Deleted, and can be brought back until it is purged. */
  readonly tombstone: boolean;
}

/** At most this many secrets in one environment, deleted ones included. */
export const MAX_ITEMS = 10_000;

/** Items by path tag (hex). */
export type Items = ReadonlyMap<string, Item>;

export function tagKey(pathTag: Uint8Array): string {
  return Buffer.from(pathTag).toString("hex");
}

/** Sorted by path tag, so that the order of writing tells nothing. */
export function encodeItems(items: Items): Buffer {
  const writer = new Writer();
  for (const key of [...items.keys()].sort()) {
    const item = items.get(key)!;
    writer
      .bytes(item.pathTag)
      .id(item.item)
      .u64(item.version)
      .bytes(item.hash)
      .u8(item.tombstone ? 1 : 0);
  }
  return writer.finish();
}

/** Refuses a list that is not the one whose hash the verified head names. */
export function decodeItems(bytes: Uint8Array, head: ManifestHead): Map<string, Item> {
  if (!equal(sha256(bytes), head.itemsRoot)) throw damaged(WHAT);
  const reader = new Reader(bytes, WHAT);
  // Ten thousand pieces of one text cost a tenth of ten thousand texts.
  const hex = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString("hex");
  const items = new Map<string, Item>();
  for (let n = 0; n < head.itemCount; n++) {
    const start = 2 * n * ITEM_BYTES;
    const pathTag = reader.bytes(32);
    reader.bytes(16);
    const entry = {
      pathTag,
      item: hex.slice(start + 64, start + 96) as Id, // 16 bytes, in hexadecimal digits
      version: reader.u64(),
      hash: reader.bytes(32),
      tombstone: reader.u8() === 1,
    };
    items.set(hex.slice(start, start + 64), entry);
  }
  reader.end();
  if (items.size !== head.itemCount) throw damaged(WHAT);
  return items;
}

/** Path tag, item, version, hash, tombstone. */
const ITEM_BYTES = 32 + 16 + 8 + 32 + 1;
const WHAT = "An environment's list of secrets";
