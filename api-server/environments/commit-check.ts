import { equal, sha256 } from "#core/crypto/hash.ts";
import { isSignedBy, readManifestHead } from "../formats/manifest-head.ts";
import { LIMITS } from "../limits.ts";
import { Problem } from "../problem.ts";
import type { People } from "../storage/environments.ts";
import type { NewGrant } from "../storage/grants.ts";
import type { StoredRecord } from "../storage/records.ts";
import { requireAuthority } from "./authority.ts";

interface Written {
  readonly environment: string;
  readonly expected: number;
  readonly head: Buffer;
  readonly items: Buffer;
  readonly records: readonly StoredRecord[];
  readonly grants: readonly NewGrant[];
}

interface Author {
  readonly signKey: Uint8Array;
  readonly fingerprint: string;
}

/**
 * What can be checked of a commit without a key: it is for this place, in order, signed by its account, and whole. What
 * it returns is called with the head that is stored now: refuses one that this one doesn't follow or that doesn't permit
 * it, and says whom the new one names, if that changed.
 */
export function checkCommit(
  written: Written,
  author: Author,
): (before: Uint8Array | undefined, owner: string) => People | undefined {
  const { environment, expected, head, items, records, grants } = written;
  if (head.length > LIMITS.head || head.length + items.length > LIMITS.manifest) throw new Problem("too_large");
  const parsed = readManifestHead(head);
  if (parsed.itemCount > LIMITS.items) throw new Problem("too_large");
  const isRight =
    parsed.environment === environment &&
    parsed.counter === expected + 1 &&
    parsed.author === author.fingerprint &&
    parsed.itemsRoot === sha256(items).toString("hex") &&
    items.length === parsed.itemCount * ITEM_BYTES &&
    isSignedBy(author.signKey, head);
  if (!isRight) throw new Problem("invalid");
  for (const { hash, bytes } of records) {
    if (bytes.length > LIMITS.record) throw new Problem("too_large");
    if (!equal(sha256(bytes), Buffer.from(hash, "hex"))) throw new Problem("invalid");
  }
  if (grants.some(({ epoch }) => epoch > parsed.epoch)) throw new Problem("invalid");
  return (before, owner) => {
    const previous = before === undefined ? "0".repeat(64) : sha256(before).toString("hex");
    if (parsed.previous !== previous) throw new Problem("invalid");
    const now = before === undefined ? undefined : readManifestHead(Buffer.from(before));
    requireAuthority(parsed, now, owner, grants.length > 0);
    return now?.people.equals(parsed.people) ? undefined : parsed;
  };
}

/** Path tag, item, version, hash, tombstone. */
const ITEM_BYTES = 32 + 16 + 8 + 32 + 1;
