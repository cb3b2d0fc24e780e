import { equal } from "../../crypto/hash.ts";
import { peekManifest } from "../../vault/manifest.ts";
import { decodeItems } from "../../vault/manifest-items.ts";
import { VaultError } from "../../vault-error.ts";
import { ACCOUNT, auditPath, environmentPath, itemsName, recordName, sha256Hex, shardOf } from "../file-layout.ts";
import type { Id, Store, StoredObject } from "../store.ts";
import { environmentsOf } from "./answers.ts";
import { type Exported, type ExportedEnvironment, fetchExport } from "./export-pages.ts";
import type { RemoteLink } from "./remote-link.ts";

/** All that the server has of the vault as of one moment, as the embedded store would hold it: what it restores. */
export async function* remoteBackup(store: Store, link: RemoteLink): AsyncGenerator<StoredObject> {
  const { account, environments, audit } = await ofOneMoment(store, link);
  yield { path: `${ACCOUNT}/${account.counter}.ova`, bytes: account.bytes };
  for (const environment of environments) yield* environmentObjects(store, environment);
  const devices = new Set([...audit.keys(), link.device]);
  for (const device of devices) {
    const sent = audit.get(device) ?? [];
    // What waits for the server here is a part of the vault too.
    const waiting = device === link.device ? await store.readAudit(device, sent.length + 1) : [];
    for (const [index, bytes] of [...sent, ...waiting].entries()) {
      yield { path: `${auditPath(device)}/${index + 1}.ove`, bytes };
    }
  }
}

/** Pages that don't fit together, since somebody wrote between them, are asked for again. */
async function ofOneMoment(store: Store, link: RemoteLink): Promise<Exported> {
  for (let tries = 1; tries <= MOST_TRIES; tries++) {
    const account = await store.readAccount();
    if (account === undefined) throw new VaultError("vault-absent", `There is no vault on ${store.location}.`);
    const exported = await fetchExport(link);
    if (exported !== undefined && equal(exported.account.bytes, account.bytes)) return exported;
  }
  throw changed(store);
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

function* environmentObjects(store: Store, { id, manifest, records }: ExportedEnvironment): Generator<StoredObject> {
  const { counter, head, items } = manifest;
  const folder = environmentPath(id);
  yield { path: `${folder}/items/${itemsName(counter, sha256Hex(head))}`, bytes: items };
  yield { path: `${folder}/manifest/${counter}.ovm`, bytes: head };
  const listed = [...decodeItems(items, peekManifest(head)).values()];
  const names = new Set(records.map(({ item, version, hash }) => `${item}.${version}.${hash}`));
  for (const { item, version, hash } of listed) {
    if (!names.has(`${item}.${version}.${Buffer.from(hash).toString("hex")}`)) throw changed(store);
  }
  const known = new Set<Id>(listed.map(({ item }) => item));
  for (const record of records) {
    if (!known.has(record.item)) continue;
    const name = recordName(record);
    yield { path: `${folder}/records/${shardOf(name)}/${name}`, bytes: record.bytes };
  }
}

function changed(store: Store): VaultError {
  return new VaultError(
    "vault-conflict",
    `Another device changed the vault on ${store.location} meanwhile, or the server lacks a part of it. Try again.`,
  );
}

const MOST_TRIES = 5;
