import { z } from "zod";
import type { CommitAnswer, EnvironmentAnswer, EnvironmentsAnswer, HeadAnswer } from "#core/store/contract.ts";
import { LIMITS } from "../limits.ts";
import { Problem } from "../problem.ts";
import { bytes, counter, id, number, recordRef } from "../sealed/fields.ts";
import { deviceRoute } from "../sealed/route.ts";
import { changeLog, type Sign } from "../storage/changes.ts";
import type { Database } from "../storage/database.ts";
import {
  commitEnvironment,
  findWriter,
  listEnvironments,
  readableCounter,
  readEnvironment,
  readHead,
  setDeleted,
} from "../storage/environments.ts";
import { recordsAfter } from "../storage/records.ts";
import { rememberCall } from "../storage/seen-calls.ts";
import type { Routes, Settings } from "../tokens.ts";
import { checkCommit } from "./commit-check.ts";
import { recordBody } from "./record-routes.ts";

const COMMIT = z.strictObject({
  expected_counter: counter.optional(),
  head: bytes(1, LIMITS.request),
  items: bytes(0, LIMITS.request),
  records: z.array(z.strictObject({ ...recordRef, bytes: bytes(1, LIMITS.request) })),
  write_id: id,
  grants: z
    .array(z.strictObject({ holder: id, epoch: counter.min(1).max(0xffff_ffff), bytes: bytes(1, LIMITS.grant) }))
    .max(LIMITS.members + LIMITS.tokens)
    .optional(),
});

export function environmentRoutes(database: Database, sign: Sign, settings: Settings): Routes {
  const logChange = changeLog(database.dialect, sign);
  return [
    deviceRoute({
      method: "GET",
      path: "/environments",
      summary: "The account's environments by id, deleted ones too.",
      query: z.strictObject({ after: id.optional() }),
      async handle({ query: { after } }, { account }) {
        const rows = await database.read((tx) => listEnvironments(tx, account, after));
        const page = rows.slice(0, LIMITS.page);
        const answer: EnvironmentsAnswer = {
          environments: page.map(({ id: environment, counter: at, deleted_at }) =>
            deleted_at === null ? { id: environment, counter: at } : { id: environment, counter: at, deleted_at },
          ),
          ...(rows.length > page.length && { next: page.at(-1)!.id }),
        };
        return { status: 200, body: answer };
      },
    }),

    deviceRoute({
      method: "GET",
      path: "/environments/:environment",
      summary: "304, or the newest manifest and what was written after counter `have`.",
      forTokens: true,
      query: z.strictObject({ have: number.optional() }),
      async handle({ params: { environment }, query: { have } }, caller) {
        return database.read(async (tx) => {
          const row = await readEnvironment(tx, caller, environment, have);
          if (row === undefined) throw new Problem("not_found");
          if (row === "unchanged") return { status: 304 };
          const records = await recordsAfter(tx, database.dialect, environment, have ?? 0, row.counter);
          const answer: EnvironmentAnswer = {
            counter: row.counter,
            head: Buffer.from(row.head).toString("base64url"),
            items: Buffer.from(row.items).toString("base64url"),
            records: records.map(recordBody),
          };
          return { status: 200, body: answer };
        });
      },
    }),

    deviceRoute({
      method: "PUT",
      path: "/environments/:environment",
      summary: "Writes records and manifest as one step, if the counter is the expected one.",
      body: COMMIT,
      async handle({ params: { environment }, body, bodyHash, time, once }, { account, device }) {
        const { expected_counter: expected, head, items, records, write_id: writeId, grants = [] } = body;
        if (expected === undefined) throw new Problem("precondition_required");
        const writer = await database.read((tx) => findWriter(tx, account, environment));
        if (writer === undefined) throw new Problem("unauthorized");
        const check = checkCommit({ environment, expected, head, items, records, grants }, writer);
        const write = {
          ...{ account, owner: writer.owner, environment, expected, head, items, records, grants },
          ...{ writeId, bodyHash, call: once, time, check, quota: settings.quota },
        };
        const answer = await database.write(async (tx): Promise<CommitAnswer> => {
          const { counter: at, locked, addedBytes } = await commitEnvironment(tx, database.dialect, write);
          if (locked === undefined) return { counter: at, replayed: true };
          await logChange(tx, locked, { who: device, action: "environment.write", environment, time }, addedBytes);
          return { counter: at, replayed: false };
        });
        return { status: 200, body: answer };
      },
    }),

    ...(["delete", "undo"] as const).map((what) =>
      deviceRoute({
        method: what === "delete" ? "DELETE" : "POST",
        path: what === "delete" ? "/environments/:environment" : "/environments/:environment/undo",
        summary:
          what === "delete"
            ? "Deletes an environment; for 30 days that can be undone."
            : "Brings a deleted environment back.",
        async handle({ params: { environment }, time, once }, { account, device }) {
          await database.write(async (tx) => {
            await rememberCall(tx, once);
            const locked = await setDeleted(tx, account, environment, what === "delete" ? time : null, time);
            if (locked === undefined) throw new Problem("not_found");
            await logChange(tx, locked, { who: device, action: `environment.${what}`, environment, time });
          });
          return { status: 204 };
        },
      }),
    ),

    deviceRoute({
      method: "GET",
      path: "/environments/:environment/heads/:counter",
      summary: "An earlier signed head.",
      forTokens: true,
      async handle({ params: { environment, counter: at } }, caller) {
        const head = await database.read(async (tx) => {
          if ((await readableCounter(tx, caller, environment)) === undefined) return undefined;
          return readHead(tx, environment, Number(at));
        });
        if (head === undefined) throw new Problem("not_found");
        const answer: HeadAnswer = { head: Buffer.from(head).toString("base64url") };
        return { status: 200, body: answer };
      },
    }),
  ];
}
