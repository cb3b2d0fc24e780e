import type { PublicAccount, Seen } from "../store/store.ts";
import { inBatches } from "./batches.ts";
import { isSigned, type ManifestHead, manifestHash, peekManifest } from "./manifest.ts";
import { adminsOf, refuseBreach, refuseOddMembers } from "./manifest-authority.ts";
import { rolledBack } from "./rollback.ts";
import { damaged } from "./wire.ts";

export interface Following {
  /** For people. */
  readonly what: string;
  /** Fingerprint. */
  readonly owner: Uint8Array;
  /** Fingerprints (hex) of admins whose manifests are believed without the one before: this account, and those it knows. */
  readonly trusted: ReadonlySet<string>;
  /** An earlier head; undefined when it was pruned. */
  readonly readHead: (counter: number) => Promise<Uint8Array | undefined>;
  readonly identities: (fingerprints: readonly string[]) => Promise<ReadonlyMap<string, PublicAccount>>;
}

/** A head whose signature is its author's, who was permitted to write it. Its MAC was not looked at. */
export interface FollowedHead {
  readonly bytes: Uint8Array;
  readonly head: ManifestHead;
  /** Fingerprints (hex) of those who could grant keys when it was written. */
  readonly granters: ReadonlySet<string>;
}

/**
 * Follows the heads from the last one that this device has verified, or from one that a trusted admin wrote, to the
 * newest: each the successor of the one before, signed, by an author whom the one before permits it. Oldest first. A gap,
 * where the store pruned, has to end before a head of a trusted admin.
 */
export async function followHeads(
  following: Following,
  newest: Uint8Array,
  seen: Seen | undefined,
): Promise<readonly FollowedHead[]> {
  const { what, owner, trusted } = following;
  const { base, heads } = await walkBack(following, newest, seen);
  const authors = await authorsOf(following, heads);
  let before = base;
  const followed: FollowedHead[] = [];
  for (const bytes of heads) {
    const head = peekManifest(bytes);
    if (before !== undefined) refuseBreach(before, head, what);
    refuseOddMembers(head, owner, what);
    const author = authors.get(hex(head.author));
    if (author === undefined || !isSigned(bytes, author.signKey)) throw damaged(`A manifest of ${what}`);
    followed.push({ bytes, head, granters: before === undefined ? trusted : new Set(adminsOf(before)) });
    before = head;
  }
  return followed;
}

interface Walked {
  /** The head before the first one, verified when it was seen. */
  readonly base: ManifestHead | undefined;
  readonly heads: readonly Uint8Array[];
}

async function walkBack(following: Following, newest: Uint8Array, seen: Seen | undefined): Promise<Walked> {
  const { what, trusted, readHead } = following;
  const top = peekManifest(newest);
  const heads = [newest];
  let lowest = top;
  if (seen === undefined) {
    while (!trusted.has(hex(lowest.author))) {
      const earlier = await readHead(lowest.counter - 1);
      if (earlier === undefined) throw damaged(`The history of ${what}`);
      lowest = requireSuccessor(following, earlier, lowest, 0);
      heads.unshift(earlier);
    }
    return { base: undefined, heads };
  }
  const counters = Array.from({ length: top.counter - seen.counter }, (_, index) => top.counter - 1 - index);
  const found = await inBatches(counters, readHead);
  for (const earlier of found) {
    if (earlier === undefined) return { base: undefined, heads: fromTrusted(following, heads) };
    if (lowest.counter === seen.counter + 1) {
      const hash = manifestHash(earlier);
      if (hash.toString("hex") !== seen.hash || !hash.equals(lowest.previous)) throw forked(what, seen.counter);
      return { base: peekManifest(earlier), heads };
    }
    lowest = requireSuccessor(following, earlier, lowest, seen.counter);
    heads.unshift(earlier);
  }
  throw damaged(`The history of ${what}`);
}

/** The head before `next`, which names it by hash. */
function requireSuccessor(
  { what }: Following,
  earlier: Uint8Array,
  next: ManifestHead,
  seenCounter: number,
): ManifestHead {
  const head = peekManifest(earlier);
  const { vault, app, environment, counter } = head;
  const isBefore = manifestHash(earlier).equals(next.previous) && counter === next.counter - 1;
  if (!isBefore) throw forked(what, seenCounter);
  if (vault !== next.vault || app !== next.app || environment !== next.environment)
    throw damaged(`The history of ${what}`);
  return head;
}

function fromTrusted({ what, trusted }: Following, heads: readonly Uint8Array[]): readonly Uint8Array[] {
  const first = heads.findIndex((bytes) => trusted.has(hex(peekManifest(bytes).author)));
  if (first < 0) throw damaged(`The history of ${what}`);
  return heads.slice(first);
}

async function authorsOf(
  { identities }: Following,
  heads: readonly Uint8Array[],
): Promise<ReadonlyMap<string, PublicAccount>> {
  return identities([...new Set(heads.map((bytes) => hex(peekManifest(bytes).author)))]);
}

function forked(what: string, seenCounter: number) {
  return rolledBack(what, `not a successor of counter ${seenCounter}`, seenCounter);
}

function hex(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString("hex");
}
