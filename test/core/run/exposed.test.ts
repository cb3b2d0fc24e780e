import assert from "node:assert/strict";
import { mkdtempSync, realpathSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { localAccess } from "#core/run/local-access.ts";
import { MatcherCache } from "#core/run/matcher-cache.ts";
import { runWithSecrets } from "#core/run/run-with-secrets.ts";
import type { Ask } from "#core/run/vault-access.ts";
import { createEnvironment, turnEnvironmentEpoch } from "#core/vault/apps.ts";
import type { Context, SecretName } from "#core/vault/context.ts";
import { rotationDueAt } from "#core/vault/rotation-due.ts";
import { DEV, KEY, newVault, OTHER, PASSWORD, put, STAGING } from "../vault/fixture.ts";

const folder = realpathSync(mkdtempSync(join(tmpdir(), "ov-exposed-")));
const matchers = new MatcherCache();
after(() => {
  matchers.close();
  rmSync(folder, { recursive: true, force: true });
});
const FIRST = "qvFirst-9f2Lw81zXcRt7";
const SECOND = "qvSecond-77hTz04mBnKe2";
const DAY = 86_400_000;
const yes: Ask = async () => "once";

/** A vault in which a run has left STRIPE_KEY, and not DATABASE_URL, in a file. */
async function leaked() {
  const fixture = await newVault();
  const { session } = fixture;
  await put(session, KEY, FIRST);
  await put(session, OTHER, "qvOther-55kLm2Np9QsTv");
  fixture.pass(DAY);
  const access = localAccess(session, { idleMs: 60_000 });
  const { PATH, HOME } = process.env;
  const deps = { access, matchers, parentEnv: { PATH, HOME, SHELL: "/bin/sh" } };
  const command = 'printf %s "$STRIPE_KEY" > left.txt';
  await runWithSecrets(deps, { client: "some agent", context: DEV, cwd: folder, command }, yes);
  const info = async (name: SecretName, context: Context = DEV) =>
    (await access.list(context)).find((secret) => secret.name === name)!;
  return { ...fixture, access, info };
}

test("a value that a run left in a file is marked as exposed, with when and by what, and the others are not", async () => {
  const { access, info, deps } = await leaked();
  assert.deepEqual((await info(KEY)).exposed, { since: deps.now(), why: "left in a file by some agent" });
  assert.equal((await info(OTHER)).exposed, undefined);
  const entry = (await access.audit()).find(({ action }) => action === "expose");
  assert.deepEqual([entry?.names, entry?.outcome], [[KEY], "marked: left in a file by some agent"]);
});

test("the mark is a version without a new value: neither its age nor its due date starts again", async () => {
  const { access, info, deps } = await leaked();
  await access.write(DEV, "update", [{ name: KEY, rotateAfterDays: 30 }]);
  const secret = await info(KEY);
  assert.equal(secret.valueSince, deps.now() - DAY);
  assert.equal(rotationDueAt(secret), deps.now() + 29 * DAY);
  const reading = await access.reveal(DEV, KEY, undefined, PASSWORD);
  assert.equal(Buffer.from(reading).toString(), FIRST);
});

test("another run that leaves it too costs no further version", async () => {
  const { access, info } = await leaked();
  const { version } = await info(KEY);
  const lease = await access.lease({ action: "run", client: "x", context: DEV, command: "true", cwd: "/" }, yes);
  await access.settle(lease.id, { exitCode: 0, outcome: "ended", redactions: 0, leakedFiles: 1, leakedNames: [KEY] });
  assert.equal((await info(KEY)).version, version);
});

test("who settles a lease can mark no secret that the lease didn't hold", async () => {
  const { access, info } = await leaked();
  const asked = { action: "run", client: "x", context: DEV, command: "true", cwd: "/", names: [KEY] } as const;
  const lease = await access.lease(asked, yes);
  await access.settle(lease.id, { exitCode: 0, outcome: "ended", redactions: 0, leakedFiles: 1, leakedNames: [OTHER] });
  assert.equal((await info(OTHER)).exposed, undefined);
});

test("S270 the mark of an exposed value goes with another value or the master password, and in no other way", async () => {
  const { access, info, session } = await leaked();
  const marked = async (context = DEV) => (await info(KEY, context)).exposed !== undefined;
  await access.write(DEV, "update", [{ name: KEY, description: "new words", value: Buffer.from(FIRST) }]);
  assert.ok(await marked(), "the same value again");
  await access.delete(DEV, KEY);
  await access.write(DEV, "create", [{ name: KEY, value: Buffer.from(FIRST) }]);
  assert.ok(await marked(), "deleted, and made again");
  await turnEnvironmentEpoch(session, DEV);
  assert.ok(await marked(), "new keys");
  await createEnvironment(session, STAGING);
  await access.copy(DEV, [KEY], STAGING, PASSWORD);
  assert.ok(await marked(STAGING), "a copy");
  await assert.rejects(access.clearExposed(DEV, KEY, Buffer.from("wrong horse battery")), { code: "wrong-password" });
  assert.ok(await marked(), "a wrong password");

  await access.write(DEV, "update", [{ name: KEY, value: Buffer.from(SECOND) }]);
  assert.ok(!(await marked()), "another value");
  await access.rollback(DEV, KEY, 1);
  assert.ok(await marked(), "version 1 had no mark, but it is the same value");
  await access.clearExposed(DEV, KEY, PASSWORD);
  assert.ok(!(await marked()), "the master password");
});
