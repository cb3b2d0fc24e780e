import assert from "node:assert/strict";
import { test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { localAccess } from "#core/run/local-access.ts";
import type { Ask, LeaseRequest, VaultAccess } from "#core/run/vault-access.ts";
import { parseContext } from "#core/vault/context.ts";
import { VaultError } from "#core/vault-error.ts";
import { DEV, type Fixture, KEY, newVault, OTHER, PASSWORD, PRODUCTION, put } from "../vault/fixture.ts";

const REQUEST: LeaseRequest = {
  ...{ action: "run", client: "test", context: DEV, command: "true", cwd: "/" },
  runs: { command: "true" },
};
const yes: Ask = async () => "once";
const WRONG = Buffer.from("wrong horse battery");

async function newAccess(
  idleMs = 60_000,
  steady?: () => number,
): Promise<Fixture & { access: VaultAccess; locks: () => number }> {
  const fixture = await newVault();
  let locks = 0;
  const onLock = () => locks++;
  const access = localAccess(fixture.session, { idleMs, onLock, ...(steady === undefined ? {} : { steady }) });
  await put(fixture.session, KEY, "value one");
  await put(fixture.session, OTHER, "value two");
  return { ...fixture, access, locks: () => locks };
}

/** Only the clock that a test sets goes on, however slow the machine is. */
const STANDING = () => 0;

test("a lease holds the named secrets, or all of the context", async () => {
  const { access } = await newAccess();
  const all = await access.lease(REQUEST, yes);
  assert.deepEqual(
    all.secrets.map(({ name, value }) => [name, value.toString()]),
    [
      [OTHER, "value two"],
      [KEY, "value one"],
    ],
  );
  const one = await access.lease({ ...REQUEST, names: [KEY] }, yes);
  assert.deepEqual(
    one.secrets.map(({ name }) => name),
    [KEY],
  );
  assert.notEqual(one.fingerprint, all.fingerprint);
  assert.equal((await access.lease({ ...REQUEST, names: [KEY] }, yes)).fingerprint, one.fingerprint);
});

test("S96 nothing is decrypted before a person said yes, and the refusal is in the audit log", async () => {
  const { access, store } = await newAccess();
  const records = new Map(store.records);
  store.records.clear();
  await assert.rejects(access.lease({ ...REQUEST, names: [KEY] }), { code: "approval-required" });
  await assert.rejects(
    access.lease({ ...REQUEST, names: [KEY] }, async () => "deny"),
    { code: "denied-by-user" },
  );
  for (const [key, bytes] of records) store.records.set(key, bytes);
  const outcomes = (await access.audit({ name: KEY })).slice(-2).map(({ action, outcome }) => [action, outcome]);
  assert.deepEqual(outcomes, [
    ["run", "approval-required"],
    ["run", "denied-by-user"],
  ]);
});

test("an unknown secret and an empty context are refused before anyone is asked", async () => {
  const { access } = await newAccess();
  const never: Ask = async () => assert.fail("nobody should be asked");
  const missing = { ...REQUEST, names: ["MISSING" as typeof KEY] };
  await assert.rejects(access.lease(missing, never), { code: "secret-not-found" });
  await access.createEnvironment(PRODUCTION);
  await assert.rejects(access.lease({ ...REQUEST, context: PRODUCTION }, never), { code: "secret-not-found" });
  await assert.rejects(access.lease({ ...REQUEST, context: parseContext("no/where") }, never), {
    code: "context-not-found",
  });
});

test("how a run ended is in the audit log, with the command's hash and not the command", async () => {
  const { access, store } = await newAccess();
  const lease = await access.lease(
    { ...REQUEST, names: [KEY], command: "deploy --to moon", runs: { command: "deploy --to moon" } },
    yes,
  );
  await access.settle(lease.id, { exitCode: 3, outcome: "ended", redactions: 0 });
  const [started, ended] = (await access.audit()).slice(-2);
  assert.match(started!.commandHash!, /^[0-9a-f]{64}$/);
  assert.deepEqual([ended!.action, ended!.exitCode, ended!.outcome], ["run-ended", 3, "ended"]);
  assert.equal(store.everything().includes("moon"), false);
});

test("S96 no value is given before its use is in the audit log", async () => {
  const { access, store } = await newAccess();
  await access.preapprove(DEV, 15, PASSWORD);
  store.appendAudit = async () => {
    throw new VaultError("store-full", "No space is left.");
  };
  await assert.rejects(access.lease(REQUEST), { code: "store-full" });
});

test("a use of a secret that can't be read is an error, and the audit log says so", async () => {
  const { access, session, store } = await newAccess();
  await put(session, KEY, "x".repeat(10_000));
  await access.list(DEV);
  for (const record of store.records.values()) if (record.length > 10_000) record[record.length - 1]! ^= 1;
  await assert.rejects(access.lease({ ...REQUEST, names: [KEY] }, yes), { code: "vault-damaged" });
  assert.equal((await access.audit({ name: KEY })).at(-1)!.outcome, "vault-damaged");
});

test("S97 reveal, approvals and time windows need the master password", async () => {
  const { access } = await newAccess();
  await assert.rejects(access.reveal(DEV, KEY, undefined, WRONG), { code: "wrong-password" });
  await assert.rejects(access.preapprove(DEV, 15, WRONG), { code: "wrong-password" });
  await assert.rejects(access.lease(REQUEST), { code: "approval-required" });
  const [pending] = await access.pending();
  await assert.rejects(access.answer(pending!.id, "once"), { code: "person-required" });
  await assert.rejects(access.answer(pending!.id, "once", WRONG), { code: "wrong-password" });
  await assert.rejects(access.lease(REQUEST), { code: "approval-required" });
  assert.equal(Buffer.from(await access.reveal(DEV, KEY, undefined, PASSWORD)).toString(), "value one");
  await access.answer(pending!.id, "once", PASSWORD);
  await access.lease(REQUEST);
});

test("a request can be denied without the password", async () => {
  const { access } = await newAccess();
  await assert.rejects(access.lease(REQUEST), { code: "approval-required" });
  await access.answer((await access.pending())[0]!.id, "deny");
  await assert.rejects(access.lease(REQUEST), { code: "denied-by-user" });
});

test("S98 five wrong master passwords in a row lock the session", async () => {
  const { access, locks } = await newAccess();
  for (let count = 0; count < 4; count++) await assert.rejects(access.prove(WRONG), { code: "wrong-password" });
  await access.prove(PASSWORD);
  for (let count = 0; count < 5; count++) await assert.rejects(access.prove(WRONG), { code: "wrong-password" });
  assert.equal(locks(), 1);
  await assert.rejects(access.lease(REQUEST, yes), { code: "vault-locked" });
  assert.equal((await access.status()).kind, "locked");
});

test("a project file is shown once, and again when it changes", async () => {
  const { access } = await newAccess();
  const shown: (string | undefined)[] = [];
  const ask: Ask = async (request) => {
    shown.push(request.projectFile?.text);
    return "once";
  };
  const file = (text: string, hash: string) => ({ ...REQUEST, projectFile: { path: "/p/.ov.yaml", text, hash } });
  await access.preapprove(DEV, 15, PASSWORD);
  await access.lease(file("app: shop", "01"), ask);
  await access.lease(file("app: shop", "01"), ask);
  await access.lease(file("app: shop # changed", "02"), ask);
  assert.deepEqual(shown, ["app: shop", "app: shop # changed"]);
});

test("a project file's stated hash is not believed, and nothing that could hide is shown as it is", async () => {
  const { access } = await newAccess();
  const projectFile = { path: "/p/.ov.yaml", text: "app: shop", hash: "01" };
  await access.lease({ ...REQUEST, projectFile }, yes);
  const other = { ...projectFile, text: "app: shop # other" };
  const { runs: _, ...untold } = REQUEST;
  await assert.rejects(access.lease({ ...untold, command: "true\u202e", reason: "a\nb", projectFile: other }), {
    code: "approval-required",
  });
  const { request } = (await access.pending())[0]!;
  assert.equal(request.projectFile?.text, "app: shop # other");
  assert.deepEqual([request.command, request.reason], ["true\\u{202e}", "a\\u{a}b"]);
});

test("the session locks by itself when nothing was asked of it", async () => {
  const { access, locks, pass } = await newAccess(20);
  pass(20);
  for (let tries = 0; locks() === 0 && tries < 6_000; tries++) await sleep(10);
  assert.equal(locks(), 1);
  await assert.rejects(access.list(DEV), { code: "vault-locked" });
});

test("the session does not lock under a run that goes on", async () => {
  const { access, locks, pass } = await newAccess(20, STANDING);
  const lease = await access.lease(REQUEST, yes);
  pass(20);
  await sleep(60);
  assert.equal(locks(), 0);
  await access.settle(lease.id, { exitCode: 0, outcome: "ended", redactions: 0 });
  pass(20);
  for (let tries = 0; locks() === 0 && tries < 6_000; tries++) await sleep(10);
  assert.equal(locks(), 1);
});

test("S159 a clock that is set back keeps no idle session open", async () => {
  let steady = 0;
  const { access, locks, pass } = await newAccess(60_000, () => steady);
  pass(-3_600_000);
  steady += 59_000;
  await access.list(DEV);
  pass(-3_600_000);
  steady += 60_000;
  await assert.rejects(access.list(DEV), { code: "vault-locked" });
  assert.equal(locks(), 1);
});

test("S160 after a sleep of more than the idle time nothing is given out, whether or not a timer came first", async () => {
  const { access, locks, pass } = await newAccess();
  pass(60_000);
  await assert.rejects(access.lease(REQUEST, yes), { code: "vault-locked" });
  assert.equal(locks(), 1);
});

test("a sleep of more than the idle time locks also where a run goes on", async () => {
  const { access, locks, pass } = await newAccess(20, STANDING);
  await access.lease(REQUEST, yes);
  pass(20 + 21);
  for (let tries = 0; locks() === 0 && tries < 6_000; tries++) await sleep(10);
  assert.equal(locks(), 1);
});

test("a run that lasted longer than the idle time leaves the session open for the next", async () => {
  const { access, pass } = await newAccess();
  const lease = await access.lease(REQUEST, yes);
  pass(60_000);
  await access.settle(lease.id, { exitCode: 0, outcome: "ended", redactions: 0 });
  await access.lease(REQUEST, yes);
});

test("S392 a run that was stopped because answers held parts of a value is audited so, and ends every standing approval", async () => {
  const { access } = await newAccess();
  await access.preapprove(DEV, 60, PASSWORD);
  const lease = await access.lease(REQUEST);
  await access.settle(lease.id, { exitCode: 1, outcome: "ended", redactions: 0, stopped: true });
  assert.deepEqual(await access.approvals(), []);
  await assert.rejects(access.lease(REQUEST), { code: "approval-required" });
  const ended = (await access.audit()).find(({ action }) => action === "run-ended")!;
  assert.equal(ended.outcome, "ended, stopped because answers held parts of a value");
});

test("status tells the state and counts, and no name", async () => {
  const { access } = await newAccess();
  await assert.rejects(access.lease(REQUEST), { code: "approval-required" });
  const status = await access.status();
  assert.equal(status.kind, "unlocked");
  assert.equal(status.kind === "unlocked" && status.pendingApprovals, 1);
  await access.lock();
  assert.deepEqual(await access.status(), { kind: "locked", location: "memory" });
});
