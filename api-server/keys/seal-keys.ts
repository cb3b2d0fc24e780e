import { kemPublicKeyOf } from "#core/crypto/hybrid-kem.ts";
import { pae } from "#core/crypto/pae.ts";
import { randomBuffer } from "#core/crypto/random.ts";
import { wipe } from "#core/crypto/wipe.ts";
import type { KeysDocument, KeysPayload } from "#core/store/contract.ts";
import { DAY } from "../limits.ts";
import type { Database } from "../storage/database.ts";
import type { Schema, Tx } from "../storage/schema.ts";
import type { Pepper } from "./pepper.ts";
import type { ServerIdentity } from "./server-identity.ts";

/** The keys that calls are sealed to, the same for all instances on one database. */
export interface SealKeys {
  document(): KeysDocument;
  /** Of the document; another one in the database means other keys. */
  sequence(): number;
  /** When the last key ends, in ms since 1970. */
  end(): number;
  /** The 32-byte seed of a key that still opens calls. */
  seedOf(keyId: string): Buffer | undefined;
  /** Takes what another instance made, makes what is due and deletes what is over. */
  refresh(): Promise<void>;
  /** Replaces every key now: after one may have been seen. Clients get 421 once, and fetch the new ones. */
  replaceAll(): Promise<void>;
  close(): void;
}

export async function sealKeys(
  database: Database,
  identity: ServerIdentity,
  pepper: Pepper,
  now: () => number,
): Promise<SealKeys> {
  let seeds: ReadonlyMap<string, Kept> = new Map();
  let document: KeysDocument;
  let current = 0;

  let before: Promise<void> = Promise.resolve();

  /** One after the other: each takes what it had from the one before. */
  function load(drop: boolean): Promise<void> {
    const mine = before.then(() => take(drop));
    before = mine.catch(() => {});
    return mine;
  }

  async function take(drop: boolean): Promise<void> {
    const { rows, sequence } = await database.write((tx) => rotate(tx, pepper, now(), drop));
    const next = new Map<string, Kept>();
    for (const row of rows) {
      next.set(row.id, seeds.get(row.id) ?? keptOf(row, pepper));
    }
    for (const [id, { seed }] of seeds) if (!next.has(id)) wipe(seed);
    seeds = next;
    document = signed(identity, sequence, [...next.values()]);
    current = sequence;
  }

  await load(false);
  return {
    document: () => document,
    sequence: () => current,
    end: () => Math.max(0, ...[...seeds.values()].map((key) => key.notAfter)),
    seedOf(keyId) {
      const key = seeds.get(keyId);
      return key !== undefined && now() < key.notAfter + GRACE ? key.seed : undefined;
    },
    refresh: () => load(false),
    replaceAll: () => load(true),
    close() {
      for (const { seed } of seeds.values()) wipe(seed);
      seeds = new Map();
    },
  };
}

interface Kept {
  readonly id: string;
  readonly seed: Buffer;
  readonly publicKey: Buffer;
  readonly notBefore: number;
  readonly notAfter: number;
}

/** One key for now and one for the next day, always. The sequence is the time of the last change, so a restore keeps it growing. */
async function rotate(
  tx: Tx,
  pepper: Pepper,
  now: number,
  drop: boolean,
): Promise<{ readonly rows: readonly Schema["seal_keys"][]; readonly sequence: number }> {
  // Instances that start together take turns on this row.
  await tx
    .insertInto("server_state")
    .values({ name: "key_sequence", value: "0" })
    .onConflict((conflict) => conflict.column("name").doUpdateSet({ name: "key_sequence" }))
    .execute();
  const state = await tx
    .selectFrom("server_state")
    .select("value")
    .where("name", "=", "key_sequence")
    .executeTakeFirstOrThrow();
  // Before anything is written under it: with another server's pepper this one could not start again.
  for (const row of await tx.selectFrom("seal_keys").selectAll().execute()) wipe(seedIn(row, pepper));
  await tx
    .deleteFrom("seal_keys")
    .where("not_after", "<", drop ? Number.MAX_SAFE_INTEGER : now - GRACE)
    .execute();
  const rows = await tx.selectFrom("seal_keys").selectAll().orderBy("not_after").execute();
  const before = rows.length;
  // The first is valid a little before it was made: clocks differ.
  while ((rows.at(-1)?.not_after ?? 0) <= now + DAY) {
    const last = rows.at(-1)?.not_after ?? 0;
    const start = last < now ? now - SKEW : last;
    rows.push(await addKey(tx, pepper, start, Math.max(start, now) + DAY));
  }
  if (rows.length === before) return { rows, sequence: Number(state.value) };
  const sequence = Math.max(Number(state.value) + 1, now);
  await tx
    .updateTable("server_state")
    .set({ value: String(sequence) })
    .where("name", "=", "key_sequence")
    .execute();
  return { rows, sequence };
}

async function addKey(tx: Tx, pepper: Pepper, notBefore: number, notAfter: number): Promise<Schema["seal_keys"]> {
  const id = randomBuffer(8).toString("hex");
  const seed = randomBuffer(32);
  const row = { id, wrapped: pepper.wrapSealKey(id, seed), not_before: notBefore, not_after: notAfter };
  wipe(seed);
  await tx.insertInto("seal_keys").values(row).execute();
  return row;
}

function keptOf(row: Schema["seal_keys"], pepper: Pepper): Kept {
  const seed = seedIn(row, pepper);
  return { id: row.id, seed, publicKey: kemPublicKeyOf(seed), notBefore: row.not_before, notAfter: row.not_after };
}

function seedIn(row: Schema["seal_keys"], pepper: Pepper): Buffer {
  const seed = pepper.unwrapSealKey(row.id, row.wrapped);
  if (seed !== undefined) return seed;
  throw new Error("The key file is not the one of this database. Put back the one that belongs to it.");
}

function signed(identity: ServerIdentity, sequence: number, keys: readonly Kept[]): KeysDocument {
  const payload: KeysPayload = {
    identity: identity.publicKey.toString("base64url"),
    sequence,
    expires_at: Math.max(...keys.map((key) => key.notAfter)),
    keys: keys.map((key) => ({
      ...{ id: key.id, suite: "647a-0001-0002", public_key: key.publicKey.toString("base64url") },
      ...{ not_before: key.notBefore, not_after: key.notAfter },
    })),
  };
  const bytes = Buffer.from(JSON.stringify(payload));
  const signature = identity.sign(pae("ov-keys/1", bytes));
  return { payload: bytes.toString("base64url"), signature: signature.toString("base64url") };
}

/** A key opens calls for so long after its end: some were on their way. */
const GRACE = 3600_000;
const SKEW = 5 * 60_000;
