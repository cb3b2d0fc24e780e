import { z } from "zod";
import { sha256 } from "#core/crypto/hash.ts";
import type { AccountAnswer, PreloginAnswer } from "#core/store/contract.ts";
import { readAccountHead } from "../formats/account-object.ts";
import type { Pepper } from "../keys/pepper.ts";
import { LIMITS } from "../limits.ts";
import { Problem } from "../problem.ts";
import { bytes, counter, id, inviteProof, loginVerifier, newDevice, number } from "../sealed/fields.ts";
import { baseRoute, deviceRoute } from "../sealed/route.ts";
import { createAccount, endAccount, readAccount, readLogin, writeAccount } from "../storage/accounts.ts";
import { changeLog, lockAccount, lockAccountOnce, type Sign } from "../storage/changes.ts";
import type { Database } from "../storage/database.ts";
import { addDevice, deleteOtherDevices } from "../storage/devices.ts";
import { registerBy } from "../storage/invites.ts";
import { forgetLoginTries } from "../storage/login-failures.ts";
import type { Tx } from "../storage/schema.ts";
import { rememberCall } from "../storage/seen-calls.ts";
import type { Routes, Settings } from "../tokens.ts";
import { peppered, provenBy, requireProof } from "./login-check.ts";

const NEW_ACCOUNT = z.strictObject({
  object: bytes(1, LIMITS.request),
  login: loginVerifier,
  device: newDevice,
  invite: inviteProof.optional(),
});
const ACCOUNT = z.strictObject({
  expected_counter: counter.optional(),
  object: bytes(1, LIMITS.request),
  write_id: id,
  login: loginVerifier.optional(),
  proof: bytes(32, 32).optional(),
});

export function accountRoutes(database: Database, pepper: Pepper, sign: Sign, settings: Settings): Routes {
  const logChange = changeLog(database.dialect, sign);
  const deps = { database, pepper, sign };

  return [
    baseRoute({
      method: "PUT",
      path: "/accounts/:account",
      summary: "Creates an account and its first device. Closed after the first, unless configured or invited.",
      body: NEW_ACCOUNT,
      async handle({ params: { account }, body, bodyHash, time, once }) {
        const head = readAccountHead(requireSize(body.object));
        if (head.account !== account || head.counter !== 1) throw new Problem("invalid");
        const { signKey, fingerprint } = head;
        const login = peppered(pepper, account, body.login);
        const { invite } = body;
        const invited = invite && ((tx: Tx): Promise<void> => registerBy(tx, invite.id, invite.proof, account, time));
        const wrappedSecret = pepper.wrapDeviceSecret(account, body.device.id, body.device.secret);
        await database.write(async (tx) => {
          await rememberCall(tx, once);
          const row = { id: account, object: body.object, signKey, fingerprint, login, bodyHash, time };
          // Asked again after a lost answer: the account and its device are there.
          if (!(await createAccount(tx, row, { isOpen: settings.isOpen, invited }))) return;
          await addDevice(tx, { id: body.device.id, account, wrappedSecret }, time);
          await logChange(tx, await lockAccount(tx, account), { who: body.device.id, action: "account.create", time });
        });
        return { status: 201 };
      },
    }),

    baseRoute({
      method: "POST",
      path: "/prelogin",
      summary:
        "What a login needs before the password is asked. An unknown account gets false answers, always the same.",
      body: z.strictObject({ account: id }),
      async handle({ body: { account } }) {
        const login = await database.read((tx) => readLogin(tx, account));
        const salt = Buffer.from(login?.salt ?? pepper.falseSalt(account)).toString("base64url");
        const answer: PreloginAnswer = { salt, profile: login?.profile ?? USUAL_PROFILE };
        return { status: 200, body: answer };
      },
    }),

    deviceRoute({
      method: "GET",
      path: "/account",
      summary: "The newest account object, or 304.",
      query: z.strictObject({ have: number.optional() }),
      async handle({ query: { have } }, { account }) {
        const row = await database.read((tx) => readAccount(tx, account, have));
        if (row === undefined) return { status: 304 };
        const answer: AccountAnswer = { counter: row.counter, object: Buffer.from(row.object).toString("base64url") };
        return { status: 200, body: answer };
      },
    }),

    deviceRoute({
      method: "PUT",
      path: "/account",
      summary:
        "Replaces the account object. A new login takes the proof of the one before, and ends all other devices.",
      body: ACCOUNT,
      async handle({ body, bodyHash, time, once }, { account, device }) {
        const expected = body.expected_counter;
        if (expected === undefined) throw new Problem("precondition_required");
        const object = requireSize(body.object);
        const head = readAccountHead(object);
        if (head.account !== account || head.counter !== expected + 1) throw new Problem("invalid");
        const login = body.login && peppered(pepper, account, body.login);
        if ((login === undefined) !== (body.proof === undefined)) throw new Problem("invalid");
        if (body.proof !== undefined) await requireProof(deps, account, body.proof, { who: device, time });
        const write = { account, expected, object, writeId: body.write_id, bodyHash, login };
        const answer = await database.write(async (tx) => {
          await rememberCall(tx, once);
          const { counter: at, locked } = await writeAccount(tx, {
            ...write,
            check: (before) => {
              const { fingerprint } = readAccountHead(Buffer.from(before.object));
              const follows = head.previous === sha256(before.object).toString("hex");
              if (!follows || head.fingerprint !== fingerprint) throw new Problem("invalid");
              // Another device may have set another login since the proof was looked at.
              const { proof } = body;
              const isProven = proof === undefined || provenBy(pepper, account, proof, before.login) !== undefined;
              if (!isProven) throw new Problem("unauthorized");
            },
          });
          if (locked === undefined) return { counter: at, replayed: true };
          if (login !== undefined) {
            await deleteOtherDevices(tx, account, device);
            await forgetLoginTries(tx, account);
          }
          const action = login === undefined ? "account.write" : "account.login";
          await logChange(tx, locked, { who: device, action, time });
          return { counter: at, replayed: false };
        });
        return { status: 200, body: answer };
      },
    }),

    deviceRoute({
      method: "POST",
      path: "/account/end",
      summary: "Destroys the account with all that it owns. There is no way back.",
      body: z.strictObject({ proof: bytes(32, 32) }),
      async handle({ body: { proof }, time, once }, { account, device }) {
        await requireProof(deps, account, proof, { who: device, time });
        await database.write(async (tx) => {
          await lockAccountOnce(tx, database.dialect, account, once);
          if (provenBy(pepper, account, proof, await readLogin(tx, account)) === undefined) {
            throw new Problem("unauthorized");
          }
          await endAccount(tx, account);
        });
        return { status: 204 };
      },
    }),
  ];
}

function requireSize(object: Buffer): Buffer {
  if (object.length > LIMITS.account) throw new Problem("too_large");
  return object;
}

/** What most accounts have. */
const USUAL_PROFILE = 1;
