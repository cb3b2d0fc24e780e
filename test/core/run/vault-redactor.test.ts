import assert from "node:assert/strict";
import { test } from "node:test";
import { localAccess } from "#core/run/local-access.ts";
import { isUnguessable } from "#core/run/unguessable.ts";
import type { VaultAccess } from "#core/run/vault-access.ts";
import { createEnvironment } from "#core/vault/apps.ts";
import { requireSecretName } from "#core/vault/context.ts";
import { VaultError } from "#core/vault-error.ts";
import { DEV, type Fixture, KEY, newVault, OTHER, PRODUCTION, put, STAGING } from "../vault/fixture.ts";

const STRIPE = "sk_test_4eC39HqLyjWDarjtT1zdp7dc";
const LIVE = "sk_live_9fQ27bXkP0aZr5TnW3yVu8Lm";
const HOST = "db.internal.example";
const URL_VALUE = `postgres://shop:hunter2@${HOST}:5432/shop`;
const PASSWORD_NAME = requireSecretName("DB_PASSWORD");

async function setting(
  idleMs = 60_000,
): Promise<Fixture & { access: VaultAccess; read(text: string): Promise<string> }> {
  const fixture = await newVault();
  const { session } = fixture;
  await createEnvironment(session, PRODUCTION);
  await put(session, KEY, STRIPE);
  await put(session, OTHER, URL_VALUE);
  await put(session, PASSWORD_NAME, "hunter2");
  await put(session, KEY, LIVE, PRODUCTION);
  const access = localAccess(session, { idleMs, steady: () => fixture.deps.now() });
  const read = async (text: string) => (await access.redact("claude", [text])).texts[0] ?? text;
  return { ...fixture, access, read };
}

test("values of every environment are hidden in what an agent reads, production too, and without an approval", async () => {
  const { read } = await setting();
  assert.equal(await read(`old: ${STRIPE}\nnew: "${LIVE}" é\n`), 'old: [redacted:vault]\nnew: "[redacted:vault]" é\n');
  assert.match(
    await read(`Basic ${Buffer.from(`user:${STRIPE}`).toString("base64")}\n`),
    /^Basic dXNl.{0,2}\[redacted:vault\]\n$/,
  );
  assert.equal(await read(`{"key":"${STRIPE.replaceAll("_", "\\u005f")}"}`), '{"key":"[redacted:vault]"}');
  assert.equal(await read("nothing to hide\n"), "nothing to hide\n");
});

test("a decoy's value is hidden, and reading it trips nothing", async () => {
  const { access, read } = await setting();
  const value = "decoy7Kq2mZ9xW4pR8tB";
  await access.write(DEV, "create", [{ name: requireSecretName("ROOT_KEY"), value: Buffer.from(value), canary: true }]);
  assert.equal(await read(`key ${value}`), "key [redacted:vault]");
  const status = await access.status();
  assert.deepEqual(status.kind === "unlocked" && status.canaryTrips, []);
});

test("a value that is written while the vault is unlocked is hidden from the next call on", async () => {
  const { session, read } = await setting();
  const value = "aB3dE5fG7hJ9kL2mN4pQ";
  assert.equal(await read(value), value);
  await put(session, KEY, value);
  assert.equal(await read(value), "[redacted:vault]");
});

test("S350 who guesses at a value learns nothing from a piece of it, be it all but one character", async () => {
  const { read } = await setting();
  for (let length = 1; length < STRIPE.length; length++) {
    for (const piece of [STRIPE.slice(0, length), STRIPE.slice(-length), `${STRIPE.slice(0, length)}~`]) {
      assert.equal(await read(`x ${piece} x`), `x ${piece} x`);
    }
  }
});

test("S351 of a value that can be guessed nothing tells whether a guess is right", async () => {
  const { read } = await setting();
  for (const guess of ["hunter2", "hunter3", URL_VALUE, URL_VALUE.replace("hunter2", "hunter3"), HOST]) {
    assert.equal(await read(`try ${guess} now`), `try ${guess} now`);
  }
  assert.equal(await read("DB_PASSWORD=hunter2"), await read("DB_PASSWORD=hunter3"));
});

test("S351 only words that change between kinds of characters as random ones do are no guess", () => {
  const guessable = [
    ...[
      "hunter2",
      "production",
      "correct horse battery staple",
      "acme-prod-key-0042",
      "https://db-prod-01.example.com",
    ],
    ...["postgres://u:secret@ep-cool-9aB3dE5fG7hJ9kL2.example.com/db", "Server=x9aB3dE5fG7hJ9kL2;Password=hunter2"],
    ...["sk_live_aB3dE5fG", "12345678901234567890", "internal_service_account_2024_v2"],
  ];
  for (const text of guessable) assert.equal(isUnguessable(Buffer.from(text)), false, text);
  const random = [
    ...[STRIPE, LIVE, "postgres://shop:aB3dE5fG7hJ9kL2m@db/shop", "0b7cf2a94d1e8f3356a09c1be7d24f80"],
    ...["3f2b8c1e-9d47-4a06-b5e2-7c81f0d9a364", "github_pat_11AAbbC2dE3fG4hI5jK6"],
  ];
  for (const text of random) assert.equal(isUnguessable(Buffer.from(text)), true, text);
});

test("S352 what is assigned to a secret's name is hidden, whatever it is", async () => {
  const { read } = await setting();
  assert.equal(await read("PORT=1\nexport DB_PASSWORD='a b'\n"), "PORT=1\nexport DB_PASSWORD=[redacted:vault]\n");
  assert.equal(await read('3:DB_PASSWORD="x" cmd'), "3:DB_PASSWORD=[redacted:vault] cmd");
  const references = [
    "DB_PASSWORD=$OTHER",
    'DB_PASSWORD="$OTHER"',
    "DB_PASSWORD=process.env.X",
    "MY_DB_PASSWORD=x",
    "const DB_PASSWORD = x",
    "DB_PASSWORD=",
  ];
  for (const reference of references) assert.equal(await read(reference), reference);
});

test("S353 an agent isn't told which secret was hidden, so not of two names with one value either", async () => {
  const { session, read } = await setting();
  const before = await read(`a ${STRIPE}`);
  await createEnvironment(session, STAGING);
  await put(session, OTHER, STRIPE, STAGING);
  assert.equal(await read(`a ${STRIPE}`), before);
  assert.doesNotMatch(before, /STRIPE|shop|dev/);
});

test("S354 hiding is in the audit log with the secret, the client and the environment, once in ten minutes", async () => {
  const { access, read, pass } = await setting(3_600_000);
  await read(`a ${STRIPE} ${STRIPE}`);
  await read(`b ${STRIPE}`);
  const entries = async () =>
    (await access.audit({ action: "redact" })).map(({ actor, context, names }) => [actor, context, names]);
  assert.deepEqual(await entries(), [["claude", "shop/dev", [KEY]]]);
  pass(10 * 60_000);
  await read(`c ${STRIPE}`);
  assert.equal((await entries()).length, 2);
});

test("S355 an agent that reads keeps no idle vault unlocked, and a locked one hides and says nothing", async () => {
  const { access, read, pass, session } = await setting(60_000);
  pass(50_000);
  await read(STRIPE);
  pass(20_000);
  await assert.rejects(access.redact("claude", [STRIPE]), { code: "vault-locked" });
  assert.equal(session.locked, true);
});

test("a value is hidden whole, be it long, in lines, escaped, in hex or in base64", async () => {
  const { session, read } = await setting();
  const long = Array.from({ length: 900 }, (_, i) => `k${(i * 7919 + 13).toString(36)}${"aB3xZ9qR"[i % 8]}Q`).join("");
  await put(session, OTHER, long);
  await put(session, PASSWORD_NAME, "!aB3/dE5+fG7hJ9&kL2mN4?");
  const value = Buffer.from("!aB3/dE5+fG7hJ9&kL2mN4?");
  for (const shown of [
    ...[
      long,
      long.replace(/.{64}/g, "$&\n"),
      Buffer.from(long).toString("hex"),
      value.toString(),
      value.toString("hex"),
    ],
    ...[encodeURIComponent(value.toString()), JSON.stringify(value.toString()).slice(1, -1)],
    ...["", "x", "xy"].map((before) => Buffer.from(`${before}${value.toString()}`).toString("base64")),
    Buffer.from(value).toString("base64url"),
  ]) {
    const text = await read(`one two ${shown} three\n`);
    assert.match(text, /^one two [A-Za-z0-9]{0,2}\[redacted:vault\] three\n$/, shown.slice(0, 80));
  }
});

test("an environment that can't be read is named, and the others' values are hidden", async () => {
  const { session, store, access } = await setting();
  const { directory } = await session.account();
  const production = directory.environments.find(({ name }) => name === PRODUCTION.environment)!;
  const read = store.readManifest.bind(store);
  store.readManifest = async (environment, have) => {
    if (environment === production.id) throw new VaultError("vault-damaged", "This environment is damaged.");
    return read(environment, have);
  };
  const { texts, unreadable } = await access.redact("claude", [STRIPE]);
  assert.deepEqual([texts, unreadable], [["[redacted:vault]"], ["shop/production"]]);
});

test("what only looks like a credential is masked too, where it is asked for", async () => {
  const { access } = await setting();
  const token = ["ghp", "wWPw5k4aXcaT4fNP0UcnZwJUVFk6LO0pINUx"].join("_");
  const texts = [`a ${STRIPE}`, `b ${token}`, "c"];
  assert.deepEqual((await access.redact("claude", texts)).texts, ["a [redacted:vault]", null, null]);
  const [value, masked, clean] = (await access.redact("claude", texts, true)).texts;
  assert.deepEqual([value, clean], ["a [redacted:vault]", null]);
  assert.match(masked!, /^b \[redacted:rule:[^\]]+\]$/);
});
