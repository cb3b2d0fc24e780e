import { z } from "zod";
import type { InvitesAnswer, OpenInviteAnswer } from "#core/store/contract.ts";
import { INVITE, LIMITS } from "../limits.ts";
import { Problem } from "../problem.ts";
import { bytes, counter, inviteProof } from "../sealed/fields.ts";
import { baseRoute, deviceRoute } from "../sealed/route.ts";
import { changeLog, lockAccount, lockAccountOnce, type Sign } from "../storage/changes.ts";
import type { Database } from "../storage/database.ts";
import { acceptInvite, addInvite, deleteInvite, listInvites, openInvite } from "../storage/invites.ts";
import { rememberCall } from "../storage/seen-calls.ts";
import type { Routes } from "../tokens.ts";

/** The server carries an invite from one account to another. Who is who, the two settle by a code that it never sees. */
export function inviteRoutes(database: Database, sign: Sign): Routes {
  const logChange = changeLog(database.dialect, sign);
  return [
    deviceRoute({
      method: "PUT",
      path: "/invites/:invite",
      summary: "A new invite: single use, 7 days at most.",
      body: z.strictObject({ verifier: bytes(32, 32), expires_at: counter, offer: bytes(1, LIMITS.offer) }),
      async handle({ params: { invite }, body, time, once }, { account, device }) {
        const { verifier, offer, expires_at: expiresAt } = body;
        if (expiresAt <= time || expiresAt > time + INVITE + CLOCKS) throw new Problem("invalid");
        await database.write(async (tx) => {
          const locked = await lockAccountOnce(tx, database.dialect, account, once);
          if (!(await addInvite(tx, { id: invite, account, verifier, offer, expiresAt }, time))) return;
          await logChange(tx, locked, { who: device, action: "invite.create", time });
        });
        return { status: 201 };
      },
    }),

    baseRoute({
      method: "POST",
      path: "/invites/open",
      summary: "What an invite offers, for who has its code.",
      body: inviteProof,
      async handle({ body: { id: invite, proof }, time }) {
        const row = await database.read((tx) => openInvite(tx, invite, proof, time));
        if (row.accepted_by !== null) throw new Problem("unauthorized");
        const answer: OpenInviteAnswer = { offer: text(row.offer), expires_at: row.expires_at };
        return { status: 200, body: answer };
      },
    }),

    deviceRoute({
      method: "POST",
      path: "/invites/accept",
      summary: "Takes an invite, for the calling account. The first one that does has it.",
      body: z.strictObject({ ...inviteProof.shape, mac: bytes(32, 32) }),
      async handle({ body: { id: invite, proof, mac }, time, once }, { account, device }) {
        await database.write(async (tx) => {
          await rememberCall(tx, once);
          const inviter = await acceptInvite(tx, invite, proof, { account, mac }, time);
          await logChange(tx, await lockAccount(tx, inviter), { who: device, action: "invite.accept", time });
        });
        return { status: 204 };
      },
    }),

    deviceRoute({
      method: "GET",
      path: "/invites",
      summary: "The invites of the calling account, and who took them.",
      async handle(_, { account }) {
        const rows = await database.read((tx) => listInvites(tx, account));
        const answer: InvitesAnswer = {
          invites: rows.map((row) => ({
            ...{ id: row.id, expires_at: row.expires_at, offer: text(row.offer) },
            ...(row.accepted_by !== null &&
              row.mac !== null &&
              row.fingerprint !== null && {
                accepted: { account: row.accepted_by, fingerprint: row.fingerprint, mac: text(row.mac) },
              }),
          })),
        };
        return { status: 200, body: answer };
      },
    }),

    deviceRoute({
      method: "DELETE",
      path: "/invites/:invite",
      summary: "Takes an invite back, or ends one that was granted.",
      async handle({ params: { invite }, time, once }, { account, device }) {
        await database.write(async (tx) => {
          const locked = await lockAccountOnce(tx, database.dialect, account, once);
          if (!(await deleteInvite(tx, account, invite))) throw new Problem("not_found");
          await logChange(tx, locked, { who: device, action: "invite.delete", time });
        });
        return { status: 204 };
      },
    }),
  ];
}

function text(value: Uint8Array): string {
  return Buffer.from(value).toString("base64url");
}

/** What a client's clock may be ahead. */
const CLOCKS = 10 * 60_000;
