import { createHash } from "node:crypto";
import { equal } from "../crypto/hash.ts";
import { wipe } from "../crypto/wipe.ts";
import type { Store, StoredObject } from "../store/store.ts";
import { VaultError } from "../vault-error.ts";
import { inBatches } from "./batches.ts";
import { formatContext } from "./context.ts";
import { readSettings } from "./environment-settings.ts";
import { everyEnvironment } from "./every-environment.ts";
import { recordRef } from "./open-environment.ts";
import { currentValue } from "./secret-edits.ts";
import type { Session } from "./session.ts";
import { secretItems } from "./settings-item.ts";
import { acceptRestore, unlockVault } from "./vault.ts";
import type { VaultDeps } from "./vault-deps.ts";

/** What a verified vault holds; deleted secrets that can be brought back count too. */
export interface VaultSummary {
  readonly environments: readonly { readonly context: string; readonly secrets: number }[];
  readonly auditEntries: number;
}

/** The vault as one stream of ciphertext: `OVB1`, then path and bytes of each object, an empty path, and a SHA-256. */
export async function* exportBackup(store: Store): AsyncGenerator<Uint8Array> {
  const hash = createHash("sha256");
  const pass = (bytes: Uint8Array): Uint8Array => {
    hash.update(bytes);
    return bytes;
  };
  yield pass(MAGIC);
  for await (const object of store.backup()) {
    yield pass(sized(Buffer.from(object.path, "utf8")));
    yield pass(sized(object.bytes));
  }
  yield pass(sized(Buffer.alloc(0)));
  yield hash.digest();
}

/**
 * Restores a backup into `target`, after every record of it was decrypted in `scratch`, an empty store with an empty
 * device state that the caller removes. Nothing is written to `target` unless all of it is good. `signal` ends it before
 * that, by throwing its reason.
 */
export async function importBackup(
  target: VaultDeps,
  scratch: VaultDeps,
  source: AsyncIterable<Uint8Array>,
  password: Uint8Array,
  signal?: AbortSignal,
): Promise<VaultSummary> {
  await requireNoVault(target);
  const objects = await readBackup(source);
  await scratch.store.restore(objects);
  const session = await unlockVault(scratch, password);
  const summary = await verifyVault(session, signal).finally(() => session.lock());
  signal?.throwIfAborted();
  await target.store.restore(objects);
  // The password was right: a person means this copy, also where this device has seen a newer one.
  (await acceptRestore(target, password)).lock();
  return summary;
}

/** A backup replaces no vault. Refuses with `vault-exists`, for those who ask before a password is typed in vain. */
export async function requireNoVault({ store }: VaultDeps): Promise<void> {
  if ((await store.readAccount()) === undefined) return;
  throw new VaultError(
    "vault-exists",
    `There is a vault in ${store.location} already. Move it away first, or choose another OV_HOME.`,
  );
}

/** The objects of a backup that is whole. Refuses with `backup-invalid`; what each object holds is not looked at. */
export async function readBackup(source: AsyncIterable<Uint8Array>): Promise<readonly StoredObject[]> {
  return parseBackup(await collect(source));
}

/** Decrypts every secret and checks every audit chain; throws `vault-damaged` at the first that is wrong. */
export async function verifyVault(session: Session, signal?: AbortSignal): Promise<VaultSummary> {
  const environments = [];
  for (const { context, environment, state } of await everyEnvironment(session)) {
    if (state === undefined) continue; // somebody else's, which no backup holds
    const secrets = secretItems(state);
    await inBatches(secrets, async (item) => {
      signal?.throwIfAborted();
      await environment.meta(recordRef(item, state.head.epoch), item.pathTag);
      wipe(await currentValue(environment, state, item, item.pathTag));
    });
    await readSettings(session, context);
    environments.push({ context: formatContext(context), secrets: secrets.length });
  }
  return { environments, auditEntries: (await session.auditEntries()).length };
}

export const BACKUP_MAGIC = "OVB1";
const MAGIC = Buffer.from(BACKUP_MAGIC, "latin1");
const MAX_BACKUP_BYTES = 1024 ** 3;

function parseBackup(bytes: Buffer): readonly StoredObject[] {
  const body = bytes.subarray(0, Math.max(0, bytes.length - 32));
  if (!body.subarray(0, 4).equals(MAGIC)) throw invalid("is not a backup of OpaqueVault");
  if (!equal(createHash("sha256").update(body).digest(), bytes.subarray(body.length)))
    throw invalid("is cut or damaged");
  const objects: StoredObject[] = [];
  let at = 4;
  const next = (): Buffer => {
    const length = at + 4 <= body.length ? body.readUInt32BE(at) : Number.POSITIVE_INFINITY;
    if (at + 4 + length > body.length) throw invalid("is cut or damaged");
    at += 4 + length;
    return body.subarray(at - length, at);
  };
  for (let path = next(); path.length > 0; path = next()) objects.push({ path: path.toString("utf8"), bytes: next() });
  if (at !== body.length) throw invalid("has something after its end");
  return objects;
}

async function collect(source: AsyncIterable<Uint8Array>): Promise<Buffer> {
  const pieces: Uint8Array[] = [];
  let size = 0;
  for await (const piece of source) {
    size += piece.length;
    if (size > MAX_BACKUP_BYTES) throw invalid("is larger than 1 GiB");
    pieces.push(piece);
  }
  return Buffer.concat(pieces);
}

function sized(bytes: Uint8Array): Buffer {
  const length = Buffer.alloc(4);
  length.writeUInt32BE(bytes.length);
  return Buffer.concat([length, bytes]);
}

function invalid(problem: string): VaultError {
  return new VaultError("backup-invalid", `The file ${problem}. Nothing was written. Use another backup.`);
}
