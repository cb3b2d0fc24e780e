import { z } from "zod";
import { equal, sha256 } from "#core/crypto/hash.ts";
import type { RecordBody, RecordsAnswer, VersionsAnswer } from "#core/store/contract.ts";
import { LIMITS } from "../limits.ts";
import { Problem } from "../problem.ts";
import { bytes, recordRef } from "../sealed/fields.ts";
import { type Caller, deviceRoute } from "../sealed/route.ts";
import { requireQuota } from "../storage/accounts.ts";
import { changeLog, type LockedAccount, lockAccount, type Sign } from "../storage/changes.ts";
import type { Database } from "../storage/database.ts";
import { readableCounter } from "../storage/environments.ts";
import { findAccess } from "../storage/members.ts";
import { deleteRecords, insertRecords, listVersions, readRecords, type StoredRecord } from "../storage/records.ts";
import type { Tx } from "../storage/schema.ts";
import { rememberCall } from "../storage/seen-calls.ts";
import type { Routes, Settings } from "../tokens.ts";

const REFS = z.strictObject({ refs: z.array(z.strictObject(recordRef)).max(LIMITS.refs) });

const STAGED = z.strictObject({
  records: z.array(z.strictObject({ ...recordRef, bytes: bytes(1, LIMITS.request) })).min(1),
});

export function recordRoutes(database: Database, sign: Sign, settings: Settings): Routes {
  const logChange = changeLog(database.dialect, sign);
  return [
    deviceRoute({
      method: "POST",
      path: "/environments/:environment/records/read",
      summary: "Records by name, 100 at most. 404 when one of them is not there.",
      forTokens: true,
      body: REFS,
      async handle({ params: { environment }, body: { refs } }, caller) {
        const found = await database.read(async (tx) => {
          await requireEnvironment(tx, caller, environment);
          return readRecords(tx, database.dialect, environment, refs);
        });
        const names = new Set(refs.map(({ item, version, epoch, hash }) => `${item}.${version}.${epoch}.${hash}`));
        if (found.length !== names.size) throw new Problem("not_found");
        const answer: RecordsAnswer = { records: found.map(recordBody) };
        return { status: 200, body: answer };
      },
    }),

    deviceRoute({
      method: "POST",
      path: "/environments/:environment/records/delete",
      summary: "Destroys the bytes of records. Missing ones are no error.",
      body: REFS,
      async handle({ params: { environment }, body: { refs }, time, once }, { account, device }) {
        await database.write(async (tx) => {
          await rememberCall(tx, once);
          const locked = await lockWritable(tx, account, environment);
          const freed = await deleteRecords(tx, database.dialect, environment, refs);
          await logChange(tx, locked, { who: device, action: "records.delete", environment, time }, -freed);
        });
        return { status: 204 };
      },
    }),

    deviceRoute({
      method: "POST",
      path: "/environments/:environment/records/stage",
      summary: "Takes records of a commit that is larger than a request.",
      body: STAGED,
      async handle({ params: { environment }, body: { records }, time, once }, { account, device }) {
        for (const { hash, bytes: content } of records) {
          if (content.length > LIMITS.record) throw new Problem("too_large");
          if (!equal(sha256(content), Buffer.from(hash, "hex"))) throw new Problem("invalid");
        }
        await database.write(async (tx) => {
          await rememberCall(tx, once);
          const locked = await lockWritable(tx, account, environment);
          const at = await findAccess(tx, account, environment);
          const added = await insertRecords(tx, environment, at!.counter + 1, records); // it was locked just now
          requireQuota(locked, added, settings.quota);
          await logChange(tx, locked, { who: device, action: "records.stage", environment, time }, added);
        });
        return { status: 204 };
      },
    }),

    deviceRoute({
      method: "GET",
      path: "/environments/:environment/items/:item/versions",
      summary: "Every stored record of an item.",
      forTokens: true,
      async handle({ params: { environment, item } }, caller) {
        const refs = await database.read(async (tx) => {
          await requireEnvironment(tx, caller, environment);
          return listVersions(tx, environment, item);
        });
        const answer: VersionsAnswer = { refs };
        return { status: 200, body: answer };
      },
    }),
  ];
}

export function recordBody({ item, version, epoch, hash, bytes }: StoredRecord): RecordBody {
  return {
    item,
    version: Number(version),
    epoch: Number(epoch),
    hash,
    bytes: Buffer.from(bytes).toString("base64url"),
  };
}

async function requireEnvironment(tx: Tx, caller: Caller, environment: string): Promise<void> {
  if ((await readableCounter(tx, caller, environment)) === undefined) throw new Problem("not_found");
}

/** Readers destroy nothing. */
async function lockWritable(tx: Tx, account: string, environment: string): Promise<LockedAccount> {
  const access = await findAccess(tx, account, environment);
  if (access === undefined) throw new Problem("not_found");
  if (access.role === "reader") throw new Problem("forbidden");
  return lockAccount(tx, access.owner);
}
