import { peekManifest } from "../../vault/manifest.ts";
import { decodeItems } from "../../vault/manifest-items.ts";
import { VaultError } from "../../vault-error.ts";
import { eachAtOnce } from "../each-at-once.ts";
import { ACCOUNT, auditPath, environmentPath, itemsName, recordName, sha256Hex, shardOf } from "../file-layout.ts";
import type { Id, RecordRef, Store, StoredObject } from "../store.ts";
import { environmentsOf } from "./answers.ts";
import type { RemoteLink } from "./remote-link.ts";

/** All that the server has of the vault, as the embedded store would hold it: what it restores. */
export async function* remoteBackup(store: Store, link: RemoteLink): AsyncGenerator<StoredObject> {
  const account = await store.readAccount();
  if (account === undefined) throw new VaultError("vault-absent", `There is no vault on ${store.location}.`);
  yield { path: `${ACCOUNT}/${account.counter}.ova`, bytes: account.bytes };
  for (const environment of await listEnvironments(link)) yield* environmentObjects(store, environment);
  for (const device of await store.auditDevices()) {
    const entries = await store.readAudit(device, 1);
    for (const [index, bytes] of entries.entries()) yield { path: `${auditPath(device)}/${index + 1}.ove`, bytes };
  }
  if ((await store.readAccount())?.counter !== account.counter) throw changed(store);
}

/** Those that are not deleted. */
export async function listEnvironments(link: RemoteLink): Promise<readonly Id[]> {
  const ids: Id[] = [];
  for (let after: Id | undefined; ; ) {
    const path = `/environments${after === undefined ? "" : `?after=${after}`}`;
    const { list, next } = environmentsOf((await link.require({ method: "GET", path }, "the environments")).body);
    for (const { id, isDeleted } of list) if (!isDeleted) ids.push(id);
    // A server that leads in a circle is left at the first step back.
    if (next === undefined || (after !== undefined && next <= after)) return ids;
    after = next;
  }
}

async function* environmentObjects(store: Store, environment: Id): AsyncGenerator<StoredObject> {
  const manifest = await store.readManifest(environment);
  if (manifest === undefined) throw changed(store);
  const { counter, head, items } = manifest;
  const folder = environmentPath(environment);
  yield { path: `${folder}/items/${itemsName(counter, sha256Hex(head))}`, bytes: items };
  yield { path: `${folder}/manifest/${counter}.ovm`, bytes: head };
  const refs: RecordRef[] = [];
  const listed = [...decodeItems(items, peekManifest(head)).values()];
  await eachAtOnce(listed, async ({ item, version, hash }) => {
    const versions = await store.listRecords(environment, item);
    const newest = Buffer.from(hash).toString("hex");
    if (!versions.some((ref) => ref.version === version && ref.hash === newest)) throw changed(store);
    for (const ref of versions) refs.push(ref);
  });
  for (let at = 0; at < refs.length; at += RECORDS_AT_ONCE) {
    const part = refs.slice(at, at + RECORDS_AT_ONCE);
    const records = await Promise.all(part.map((ref) => store.readRecord(environment, ref)));
    for (const [index, bytes] of records.entries()) {
      const name = recordName(part[index]!);
      yield { path: `${folder}/records/${shardOf(name)}/${name}`, bytes };
    }
  }
}

function changed(store: Store): VaultError {
  return new VaultError(
    "vault-conflict",
    `Another device changed the vault on ${store.location} meanwhile, or the server lacks a part of it. Try again.`,
  );
}

const RECORDS_AT_ONCE = 50;
