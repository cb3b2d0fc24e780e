import { equal, sha256 } from "../../crypto/hash.ts";
import { deriveKey } from "../../crypto/hkdf.ts";
import { wipe } from "../../crypto/wipe.ts";
import type { Account } from "../../vault/account.ts";
import { keyName } from "../../vault/account.ts";
import { type ManifestHead, manifestHash, peekManifest, signManifest, verifyManifest } from "../../vault/manifest.ts";
import { decodeItems, encodeItems, type Item, type Items } from "../../vault/manifest-items.ts";
import { damaged } from "../../vault/wire.ts";
import type { Id, NewRecord, RecordRef, Store, StoredManifest } from "../store.ts";

export interface MovedEnvironment {
  readonly id: Id;
  /** Its counter in the old store. */
  readonly from: number;
  /** In the new one, as it was written. */
  readonly head: Uint8Array;
  readonly counter: number;
  readonly items: Uint8Array;
  /** Every version of every secret. */
  readonly refs: readonly RecordRef[];
}

/**
 * Writes an environment into another store, in pieces that a server takes: the same records and items, and heads that
 * count from what is there. Each piece is a whole state, whose items are those that have arrived.
 */
export async function moveEnvironment(
  source: Store,
  target: Store,
  account: Account,
  id: Id,
): Promise<MovedEnvironment> {
  const stored = await source.readManifest(id);
  if (stored === undefined) throw damaged("An environment");
  const ek = account.keys.get(keyName(id, peekManifest(stored.head).epoch));
  if (ek === undefined) throw damaged("An environment's key");
  const macKey = deriveKey(ek, "ov1/ek/manifest");
  try {
    const head = verifyManifest(stored.head, account.identity.signKey, macKey);
    const items = decodeItems(stored.items, head);
    const refs = await allVersions(source, id, items);
    let there = await target.readManifest(id);
    const arrived = new Set<string>();
    for (const group of [...groups(await readAll(source, id, refs))]) {
      for (const { hash } of group.records) arrived.add(hash);
      if (there !== undefined && group.isLast && equal(there.items, stored.items) && (await holds(target, id, refs)))
        break;
      const part = group.isLast ? items : only(items, arrived);
      const next = nextHead(head, there, part);
      const bytes = signManifest(next, account.seeds.sign, macKey);
      const list = encodeItems(part);
      await target.commit(id, next.counter - 1, { head: bytes, items: list }, group.records);
      there = { counter: next.counter, head: bytes, items: list };
    }
    return { id, from: stored.counter, head: there!.head, counter: there!.counter, items: stored.items, refs };
  } finally {
    wipe(macKey);
  }
}

function nextHead(head: ManifestHead, there: StoredManifest | undefined, items: Items): ManifestHead {
  return {
    ...head,
    counter: (there?.counter ?? 0) + 1,
    previous: there === undefined ? Buffer.alloc(32) : manifestHash(there.head),
    itemCount: items.size,
    itemsRoot: sha256(encodeItems(items)),
  };
}

async function allVersions(source: Store, id: Id, items: Items): Promise<RecordRef[]> {
  const refs: RecordRef[] = [];
  for (const { item } of items.values()) refs.push(...(await source.listRecords(id, item)));
  return refs;
}

async function readAll(source: Store, id: Id, refs: readonly RecordRef[]): Promise<NewRecord[]> {
  const records: NewRecord[] = [];
  for (const ref of refs) {
    const bytes = await source.readRecord(id, ref);
    if (sha256(bytes).toString("hex") !== ref.hash) throw damaged("A secret's record");
    records.push({ ...ref, bytes });
  }
  return records;
}

/** Whether an earlier try brought all of them already. */
async function holds(target: Store, id: Id, refs: readonly RecordRef[]): Promise<boolean> {
  const found = await Promise.allSettled(refs.map((ref) => target.readRecord(id, ref)));
  return found.every(({ status }) => status === "fulfilled");
}

function* groups(records: readonly NewRecord[]): Generator<{ records: readonly NewRecord[]; isLast: boolean }> {
  let group: NewRecord[] = [];
  let size = 0;
  for (const record of records) {
    if (size + record.bytes.length > GROUP_BYTES && group.length > 0) {
      yield { records: group, isLast: false };
      group = [];
      size = 0;
    }
    group.push(record);
    size += record.bytes.length + REF_BYTES;
  }
  yield { records: group, isLast: true };
}

function only(items: Items, arrived: ReadonlySet<string>): Items {
  const has = ([, { hash }]: readonly [string, Item]): boolean => arrived.has(Buffer.from(hash).toString("hex"));
  return new Map([...items].filter(has));
}

/** With the item list, and in base64url, under the 4 MiB of a request. */
const GROUP_BYTES = 1_200_000;
const REF_BYTES = 150;
