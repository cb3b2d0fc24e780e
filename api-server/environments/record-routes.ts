import { z } from "zod";
import type { RecordBody, RecordsAnswer, VersionsAnswer } from "#core/store/contract.ts";
import { LIMITS } from "../limits.ts";
import { Problem } from "../problem.ts";
import { recordRef } from "../sealed/fields.ts";
import { deviceRoute } from "../sealed/route.ts";
import { lockAccount, logChange, type Sign } from "../storage/changes.ts";
import type { Database } from "../storage/database.ts";
import { hasEnvironment } from "../storage/environments.ts";
import { deleteRecords, listVersions, readRecords, type StoredRecord } from "../storage/records.ts";
import type { Tx } from "../storage/schema.ts";
import type { Routes } from "../tokens.ts";

const REFS = z.strictObject({ refs: z.array(z.strictObject(recordRef)).max(LIMITS.refs) });

export function recordRoutes(database: Database, sign: Sign): Routes {
  return [
    deviceRoute({
      method: "POST",
      path: "/environments/:environment/records/read",
      summary: "Records by name, 100 at most. 404 when one of them is not there.",
      body: REFS,
      async handle({ params: { environment }, body: { refs } }, { account }) {
        const found = await database.read(async (tx) => {
          await requireEnvironment(tx, account, environment);
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
          await once(tx);
          const locked = await lockAccount(tx, account);
          await requireEnvironment(tx, account, environment);
          const freed = await deleteRecords(tx, database.dialect, environment, refs);
          await logChange(tx, locked, { who: device, action: "records.delete", environment, time }, sign, -freed);
        });
        return { status: 204 };
      },
    }),

    deviceRoute({
      method: "GET",
      path: "/environments/:environment/items/:item/versions",
      summary: "Every stored record of an item.",
      async handle({ params: { environment, item } }, { account }) {
        const refs = await database.read(async (tx) => {
          await requireEnvironment(tx, account, environment);
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

async function requireEnvironment(tx: Tx, account: string, environment: string): Promise<void> {
  if ((await hasEnvironment(tx, account, environment)) === undefined) throw new Problem("not_found");
}
