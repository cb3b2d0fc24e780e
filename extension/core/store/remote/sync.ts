import { peekManifest } from "../../vault/manifest.ts";
import { decodeItems } from "../../vault/manifest-items.ts";
import type { Id } from "../store.ts";
import type { CiphertextCache } from "./ciphertext-cache.ts";
import { listEnvironments } from "./remote-backup.ts";
import type { RemoteLink } from "./remote-link.ts";
import type { RemoteStore } from "./remote-store.ts";
import { absent } from "./server-error.ts";

export interface Synced {
  readonly environments: number;
  readonly secrets: number;
  /** Audit entries that had waited for the server. */
  readonly sent: number;
}

/** Sends what waits, and fetches all that a run could need, so that it works without the server for a while. */
export async function syncCache(store: RemoteStore, link: RemoteLink, cache: CiphertextCache): Promise<Synced> {
  const sent = await store.audit.flush();
  if ((await store.readAccount()) === undefined) throw absent(store.location);
  await store.readAudit(link.device, 1);
  const ids = [...(await listEnvironments(link)), ...(await store.sharing.shared())];
  let secrets = 0;
  for (const id of ids) {
    const before = await cache.manifest(id);
    const manifest = await store.readManifest(id);
    if (manifest === undefined) continue;
    await keepHeads(store, cache, id, before?.counter ?? manifest.counter, manifest.counter);
    const head = peekManifest(manifest.head);
    // Whoever wrote it may be asked for when the server is away.
    const members = head.members.map(({ fingerprint }) => fingerprint);
    const people = new Set([...members, head.author].map((each) => Buffer.from(each).toString("hex")));
    if (people.size > 1) await store.sharing.identities([...people]);
    const items = [...decodeItems(manifest.items, head).values()];
    const refs = items.map((item) => ({
      ...{ item: item.item, version: item.version, epoch: head.epoch },
      hash: Buffer.from(item.hash).toString("hex"),
    }));
    await Promise.all(refs.map((ref) => store.readRecord(id, ref)));
    await cache.keepOnly(id, new Set(refs.map(({ hash }) => hash)));
    secrets += items.filter(({ tombstone }) => !tombstone).length;
  }
  // Only after the walk, and only what the server listed whole.
  for (const id of await cache.environments()) if (!ids.includes(id)) await cache.removeEnvironment(id);
  return { environments: ids.length, secrets, sent };
}

/** What leads from the state that this device has verified to the one that it fetched: needed when it is opened offline. */
async function keepHeads(store: RemoteStore, cache: CiphertextCache, id: Id, from: number, to: number): Promise<void> {
  for (let counter = Math.max(from, to - HEADS_KEPT); counter < to; counter++) {
    const head = await store.readManifestHead(id, counter);
    if (head !== undefined) await cache.keepHead(id, counter, head);
  }
  await cache.dropHeadsBelow(id, to - HEADS_KEPT);
}

const HEADS_KEPT = 1000;
