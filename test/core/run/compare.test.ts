import assert from "node:assert/strict";
import { test } from "node:test";
import { localAccess } from "#core/run/local-access.ts";
import { createEnvironment } from "#core/vault/apps.ts";
import { requireSecretName } from "#core/vault/context.ts";
import { DEV, KEY, newVault, OTHER, PASSWORD, PRODUCTION, put, STAGING } from "../vault/fixture.ts";

async function threeEnvironments() {
  const { session } = await newVault();
  for (const context of [STAGING, PRODUCTION]) await createEnvironment(session, context);
  await put(session, KEY, "value one", DEV);
  await put(session, KEY, "value one", STAGING);
  await put(session, KEY, "value two", PRODUCTION);
  await put(session, OTHER, "value one", STAGING);
  return { session, access: localAccess(session, { idleMs: 60_000 }) };
}

test("equal values of one name have equal numbers, whatever other names hold", async () => {
  const { access } = await threeEnvironments();
  const compared = await access.compare([DEV, STAGING, PRODUCTION], PASSWORD);
  assert.deepEqual(
    compared.map(({ name, places }) => [name, places.map(({ context, group }) => [context.environment, group])]),
    [
      [OTHER, [["staging", 1]]],
      [
        KEY,
        [
          ["dev", 1],
          ["staging", 1],
          ["production", 2],
        ],
      ],
    ],
  );
  const [one] = await access.compare([DEV, PRODUCTION], PASSWORD, KEY);
  assert.deepEqual(
    one!.places.map(({ group }) => group),
    [1, 2],
  );
});

test("a comparison holds no value and no fingerprint, needs the master password and is in the audit log", async () => {
  const { access } = await threeEnvironments();
  await assert.rejects(access.compare([DEV, STAGING], Buffer.from("wrong horse")), { code: "wrong-password" });
  const compared = JSON.stringify(await access.compare([DEV, STAGING], PASSWORD));
  assert.doesNotMatch(compared, /value one|print/);
  const entries = (await access.audit()).filter(({ action }) => action === "compare");
  assert.deepEqual(
    entries.map(({ context, outcome, names }) => [context, outcome, names]),
    [
      ["shop/dev", "ok: with shop/staging", [KEY]],
      ["shop/staging", "ok: with shop/dev", [OTHER, KEY]],
    ],
  );
});

test("a decoy is named, and its value is not looked at", async () => {
  const { access } = await threeEnvironments();
  const decoy = requireSecretName("ADMIN_TOKEN");
  for (const context of [DEV, STAGING]) {
    await access.write(context, "create", [{ name: decoy, value: Buffer.from("nothing"), canary: true }]);
  }
  const [found] = await access.compare([DEV, STAGING], PASSWORD, decoy);
  assert.deepEqual(
    found!.places.map(({ group }) => group),
    [undefined, undefined],
  );
  assert.deepEqual(
    (await access.status()).kind === "unlocked" &&
      (await access.audit()).map(({ action }) => action).includes("canary"),
    false,
  );
});
