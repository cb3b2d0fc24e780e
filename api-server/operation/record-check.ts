import { sha256 } from "#core/crypto/hash.ts";
import type { Schema } from "../storage/schema.ts";
import type { Check, Tell } from "./content-check.ts";

/** Each record has the hash in its name, and those that the newest manifests list are all there. */
export function recordCheck(tell: Tell): Check & { want(items: Uint8Array): void } {
  // Half of each hash: a million of them are some 60 MB.
  const wanted = new Set<string>();
  const nameOf = (hash: Buffer): string => hash.toString("latin1", 0, 16);
  return {
    want(items) {
      const list = Buffer.from(items);
      for (let at = HASH_AT; at < list.length; at += ITEM_BYTES) wanted.add(nameOf(list.subarray(at, at + 32)));
    },
    row(row) {
      const { environment, item, version, hash, bytes } = row as unknown as Schema["records"]; // the row of that table
      const real = sha256(bytes);
      if (real.toString("hex") === hash) wanted.delete(nameOf(real));
      else tell(`Record ${item}, version ${version}, of environment ${environment} is damaged.`);
    },
    end() {
      if (wanted.size > 0) tell(`${wanted.size} records that manifests list are missing or damaged.`);
    },
  };
}

/** Of one item of a list (docs/format.md): path tag, item, version, hash, tombstone. */
const HASH_AT = 32 + 16 + 8;
const ITEM_BYTES = HASH_AT + 32 + 1;
