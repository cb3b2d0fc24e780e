import { z } from "zod";
import { pae, u64 } from "#core/crypto/pae.ts";
import type { AuditAnswer, AuditDevicesAnswer, Countersigned, LogAnswer } from "#core/store/contract.ts";
import { LIMITS } from "../limits.ts";
import { Problem } from "../problem.ts";
import { bytes, counter, id, number } from "../sealed/fields.ts";
import { deviceRoute } from "../sealed/route.ts";
import {
  type AuditRow,
  appendAudit,
  auditDevices,
  lastAudit,
  memberDevices,
  readAudit,
  readLog,
} from "../storage/audit.ts";
import { lockAccountOnce, type Sign } from "../storage/changes.ts";
import type { Database } from "../storage/database.ts";
import { readableCounter } from "../storage/environments.ts";
import { sharedUntil } from "../storage/members.ts";
import type { Routes } from "../tokens.ts";

export function auditRoutes(database: Database, sign: Sign): Routes {
  return [
    deviceRoute({
      method: "POST",
      path: "/audit",
      summary: "Appends an entry to the calling device's or token's chain. The server countersigns when it came.",
      forTokens: true,
      body: z.strictObject({ seq: counter.min(1), entry: bytes(1, LIMITS.request) }),
      async handle({ body: { seq, entry }, time, once }, { account, device }) {
        if (entry.length > LIMITS.auditEntry) throw new Problem("too_large");
        const hex = (text: string): Buffer => Buffer.from(text, "hex");
        const signature = sign(pae("ov-audit/1", hex(account), hex(device), u64(seq), entry, u64(time)));
        const row = { account, device, seq, entry, received_at: time, signature };
        await database.write(async (tx) => {
          await lockAccountOnce(tx, database.dialect, account, once);
          await appendAudit(tx, row);
        });
        return { status: 204 };
      },
    }),

    deviceRoute({
      method: "GET",
      path: "/audit",
      summary: "Entries of a device's chain: of the caller's account, or of one that shares an environment with it.",
      forTokens: true,
      query: z.strictObject({
        device: id,
        from: number.optional(),
        account: id.optional(),
        last: z.literal("1").optional(),
      }),
      async handle({ query: { device, from, account: other, last } }, caller) {
        const { account } = caller;
        if (caller.token !== undefined && (device !== caller.device || other !== undefined))
          throw new Problem("forbidden");
        const rows = await database.read(async (tx) => {
          const until = other === undefined || other === account ? undefined : await sharedUntil(tx, account, other);
          if (other !== undefined && other !== account && until === undefined) throw new Problem("not_found");
          if (last !== undefined) return lastAudit(tx, other ?? account, device, until);
          return readAudit(tx, other ?? account, device, from ?? 1, until);
        });
        const answer: AuditAnswer = { entries: rows.map(countersigned) };
        return { status: 200, body: answer };
      },
    }),

    deviceRoute({
      method: "GET",
      path: "/audit/devices",
      summary: "The devices that have a chain, also those that were ended; of an environment, also its other members'.",
      query: z.strictObject({ environment: id.optional() }),
      async handle({ query: { environment } }, caller) {
        const { account } = caller;
        const answer = await database.read(async (tx): Promise<AuditDevicesAnswer> => {
          const devices = await auditDevices(tx, account);
          if (environment === undefined) return { devices };
          if ((await readableCounter(tx, caller, environment)) === undefined) throw new Problem("not_found");
          return { devices, others: await memberDevices(tx, environment, account) };
        });
        return { status: 200, body: answer };
      },
    }),

    deviceRoute({
      method: "GET",
      path: "/log",
      summary: "The server's own record of changes, each entry naming the one before.",
      query: z.strictObject({ after: number.optional() }),
      async handle({ query: { after } }, { account }) {
        const rows = await database.read((tx) => readLog(tx, account, after ?? 0));
        const answer: LogAnswer = {
          entries: rows.map(({ seq, time, who, action, environment, previous, signature }) => ({
            ...{ seq, time, who, action, ...(environment !== null && { environment }), previous },
            signature: Buffer.from(signature).toString("base64url"),
          })),
        };
        return { status: 200, body: answer };
      },
    }),
  ];
}

function countersigned({ seq, entry, received_at, signature }: AuditRow): Countersigned {
  const text = (value: Uint8Array): string => Buffer.from(value).toString("base64url");
  return { seq, entry: text(entry), received_at, signature: text(signature) };
}
