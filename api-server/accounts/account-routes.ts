import { z } from "zod";
import { sha256 } from "#core/crypto/hash.ts";
import type { AccountAnswer, PreloginAnswer } from "#core/store/contract.ts";
import { readAccountHead } from "../formats/account-object.ts";
import type { Pepper } from "../keys/pepper.ts";
import { LIMITS } from "../limits.ts";
import { Problem } from "../problem.ts";
import { bytes, counter, id, loginVerifier, newDevice, number } from "../sealed/fields.ts";
import { baseRoute, deviceRoute } from "../sealed/route.ts";
import { createAccount, type Login, readAccount, readLogin, writeAccount } from "../storage/accounts.ts";
import { lockAccount, logChange, type Sign } from "../storage/changes.ts";
import type { Database } from "../storage/database.ts";
import { addDevice, deleteOtherDevices } from "../storage/devices.ts";
import type { Routes, Settings } from "../tokens.ts";

const NEW_ACCOUNT = z.strictObject({ object: bytes(1, LIMITS.request), login: loginVerifier, device: newDevice });
const ACCOUNT = z.strictObject({
  expected_counter: counter.optional(),
  object: bytes(1, LIMITS.request),
  write_id: id,
  login: loginVerifier.optional(),
});

export function accountRoutes(database: Database, pepper: Pepper, sign: Sign, settings: Settings): Routes {
  const loginOf = (account: string, { salt, profile, verifier }: z.output<typeof loginVerifier>): Login => ({
    salt,
    profile,
    verifier: pepper.verifierOf(account, verifier),
  });

  return [
    baseRoute({
      method: "PUT",
      path: "/accounts/:account",
      summary: "Creates an account and its first device. Closed after the first, unless configured.",
      body: NEW_ACCOUNT,
      async handle({ params: { account }, body, bodyHash, time, once }) {
        const head = readAccountHead(requireSize(body.object));
        if (head.account !== account || head.counter !== 1) throw new Problem("invalid");
        const { signKey, fingerprint } = head;
        const login = loginOf(account, body.login);
        const wrappedSecret = pepper.wrapDeviceSecret(account, body.device.id, body.device.secret);
        await database.write(async (tx) => {
          await once(tx);
          const row = { id: account, object: body.object, signKey, fingerprint, login, bodyHash, time };
          // Asked again after a lost answer: the account and its device are there.
          if (!(await createAccount(tx, row, settings.isOpen))) return;
          await addDevice(tx, { id: body.device.id, account, wrappedSecret }, time);
          await logChange(
            tx,
            await lockAccount(tx, account),
            { who: body.device.id, action: "account.create", time },
            sign,
          );
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
      summary: "Replaces the account object, and with a new login ends all other devices.",
      body: ACCOUNT,
      async handle({ body, bodyHash, time, once }, { account, device }) {
        const expected = body.expected_counter;
        if (expected === undefined) throw new Problem("precondition_required");
        const object = requireSize(body.object);
        const head = readAccountHead(object);
        if (head.account !== account || head.counter !== expected + 1) throw new Problem("invalid");
        const login = body.login && loginOf(account, body.login);
        const write = { account, expected, object, writeId: body.write_id, bodyHash, login };
        const answer = await database.write(async (tx) => {
          await once(tx);
          const { counter: at, locked } = await writeAccount(tx, {
            ...write,
            check: (before) => {
              const follows =
                head.previous === sha256(before.object).toString("hex") && head.signKey.equals(before.signKey);
              if (!follows) throw new Problem("invalid");
            },
          });
          if (locked === undefined) return { counter: at, replayed: true };
          if (login !== undefined) await deleteOtherDevices(tx, account, device);
          const action = login === undefined ? "account.write" : "account.login";
          await logChange(tx, locked, { who: device, action, time }, sign);
          return { counter: at, replayed: false };
        });
        return { status: 200, body: answer };
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
