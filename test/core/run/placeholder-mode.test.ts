import assert from "node:assert/strict";
import { test } from "node:test";
import { localAccess } from "#core/run/local-access.ts";
import { DEFAULT_PLACES } from "#core/run/placeholder/place.ts";
import type {
  ApprovalRequest,
  Ask,
  LeasedSecret,
  LeaseRequest,
  SecretDraft,
  VaultAccess,
} from "#core/run/vault-access.ts";
import { turnEnvironmentEpoch } from "#core/vault/apps.ts";
import { requireSecretName } from "#core/vault/context.ts";
import { isVaultError } from "#core/vault-error.ts";
import { DEV, type Fixture, KEY, newVault, OTHER, PASSWORD, put } from "../vault/fixture.ts";

const HOST = "api.stripe.com";
const PLACES = [...DEFAULT_PLACES];
const REQUEST: LeaseRequest = {
  ...{ action: "run", client: "agent", context: DEV, command: "true", cwd: "/", canStandIn: true },
  runs: { command: "true", searchPath: "/usr/bin:/bin" },
};
const yes: Ask = async () => "once";
const never: Ask = async () => assert.fail("nobody should be asked");

type Details = Omit<SecretDraft, "name">;

/** A vault with KEY in placeholder mode towards `HOST`, and OTHER, which is as usual. */
async function setting(): Promise<Fixture & { access: VaultAccess; update(details: Details): Promise<unknown> }> {
  const fixture = await newVault();
  const access = localAccess(fixture.session, { idleMs: 60_000 });
  await put(fixture.session, OTHER, "value two");
  const draft = { name: KEY, value: Buffer.from("value one"), allowedHosts: [HOST], placeholder: [] };
  await access.write(DEV, "create", [draft], PASSWORD);
  return { ...fixture, access, update: (details) => access.write(DEV, "update", [{ name: KEY, ...details }]) };
}

async function ruleOf(access: VaultAccess, name = KEY): Promise<LeasedSecret["placeholder"]> {
  const { secrets } = await access.lease({ ...REQUEST, names: [name] }, yes);
  return secrets[0]!.placeholder;
}

test("the lease of a secret in placeholder mode says so, and where its value may go; the list shows it", async () => {
  const { access } = await setting();
  assert.deepEqual(await ruleOf(access), { allowedHosts: [HOST], places: PLACES });
  assert.equal(await ruleOf(access, OTHER), undefined);
  const listed = (await access.list(DEV)).map(({ name, placeholder }) => [name, placeholder]);
  assert.deepEqual(listed, [
    [OTHER, undefined],
    [KEY, PLACES],
  ]);
});

test("a person who is asked is told which names are placeholders, and where their values go", async () => {
  const { access } = await setting();
  const shown: ApprovalRequest[] = [];
  const look: Ask = async (request) => {
    shown.push(request);
    return "once";
  };
  await access.lease(REQUEST, look);
  await access.lease({ ...REQUEST, names: [OTHER] }, look);
  assert.deepEqual(
    shown.map(({ placeholders }) => placeholders),
    [[{ name: KEY, allowedHosts: [HOST] }], undefined],
  );
});

test("S150 placeholder mode without a host, and hosts and places that can't be understood, are refused when written", async () => {
  const { access, update } = await setting();
  const cases: readonly (readonly [Details, RegExp])[] = [
    [{ allowedHosts: [] }, /without an allowed host.*--allow-host/],
    [{ allowedHosts: ["*"] }, /"\*" can't be an allowed host of STRIPE_KEY\. Use one like/],
    [{ allowedHosts: ["https://api.stripe.com/"] }, /can't be an allowed host/],
    [{ allowedHosts: [HOST, "*.com"] }, /"\*\.com" can't be an allowed host/],
    [{ placeholder: ["cookie"] }, /"cookie" can't be a place.*header:authorization/],
    [{ placeholder: ["header:host"] }, /can't be a place/],
    [{ placeholder: ["path:x"] }, /can't be a place/],
  ];
  for (const [details, message] of cases) {
    const written = access.write(DEV, "update", [{ name: KEY, ...details }], PASSWORD);
    await assert.rejects(written, (error) => isVaultError(error, "argument-invalid") && message.test(error.message));
  }
  const hostless = access.write(DEV, "update", [{ name: OTHER, placeholder: [] }], PASSWORD);
  await assert.rejects(hostless, { code: "argument-invalid" });
  await assert.rejects(update({ value: Buffer.from([0xff, 0xfe]) }), { code: "value-invalid" });
  assert.deepEqual(await ruleOf(access), { allowedHosts: [HOST], places: PLACES }, "nothing was written");
});

test("hosts and places are kept in one spelling, and once", async () => {
  const { access } = await setting();
  const draft = {
    ...{ name: KEY, allowedHosts: ["API.Stripe.com.", HOST, "*.Example.org:08443"] },
    placeholder: ["header:X-Key", "header:x-key", "query:Key"],
  };
  await access.write(DEV, "update", [draft], PASSWORD);
  assert.deepEqual(await ruleOf(access), {
    allowedHosts: [HOST, "*.example.org:8443"],
    places: ["header:x-key", "query:Key"],
  });
});

test("S151 whatever hands a value to more hosts, places or programs needs the master password", async () => {
  const { access, update, session } = await setting();
  const wider: readonly (readonly [Details, RegExp])[] = [
    [{ placeholder: null }, /STRIPE_KEY is given to programs itself\. That takes the master password/],
    [{ allowedHosts: [HOST, "evil.example"] }, /may go to evil\.example\./],
    [{ allowedHosts: [`${HOST}:8443`] }, /may go to api\.stripe\.com:8443/],
    [{ allowedHosts: ["*.stripe.com"] }, /may go to \*\.stripe\.com/],
    [{ placeholder: [...PLACES, "query:debug"] }, /may stand in query:debug/],
    [{ placeholder: null, value: Buffer.from("another value") }, /is given to programs itself/],
  ];
  for (const [details, message] of wider) {
    await assert.rejects(
      update(details),
      (error) => isVaultError(error, "person-required") && message.test(error.message),
    );
    const guessed = access.write(DEV, "update", [{ name: KEY, ...details }], Buffer.from("wrong horse battery"));
    await assert.rejects(guessed, { code: "wrong-password" });
    await access.lease(REQUEST, yes); // so that wrong passwords don't add up to a lock of the session
    await access.prove(PASSWORD);
  }
  assert.deepEqual(await ruleOf(access), { allowedHosts: [HOST], places: PLACES });
  const mine = { name: requireSecretName("MINE"), value: Buffer.from("own value"), allowedHosts: ["evil.example"] };
  // In a sandbox, the hosts of one secret are open to all of its run.
  for (const mode of ["create", "upsert"] as const) {
    await assert.rejects(access.write(DEV, mode, [mine]), { code: "person-required" });
  }
  await access.write(DEV, "update", [{ name: KEY, placeholder: null, allowedHosts: ["evil.example"] }], PASSWORD);
  const last = (await access.audit({ name: KEY })).at(-1)!;
  assert.deepEqual([last.action, last.outcome], ["write", "ok, with the master password"]);
  assert.equal(await ruleOf(access), undefined);
  assert.equal(session.locked, false);
});

test("what narrows a secret needs no password: placeholder mode on, fewer hosts, fewer places", async () => {
  const { access, update } = await setting();
  await access.write(DEV, "update", [{ name: OTHER, allowedHosts: [HOST, "b.example"] }], PASSWORD);
  await access.write(DEV, "update", [{ name: OTHER, placeholder: ["query:key"], allowedHosts: ["b.example"] }]);
  assert.deepEqual(await ruleOf(access, OTHER), { allowedHosts: ["b.example"], places: ["query:key"] });
  await update({ placeholder: ["header:x-api-key"] });
  await update({ placeholder: [] });
  assert.deepEqual((await ruleOf(access))?.places, ["header:x-api-key"], "an empty list keeps the places that it has");
});

test("S152 placeholder mode stays through new values, rollback, renaming, new keys, and deleting and making it again", async () => {
  const { access, update, session } = await setting();
  const rule = { allowedHosts: [HOST], places: PLACES };
  const renamed = requireSecretName("RENAMED");
  const isKept = async (what: string, name = KEY): Promise<void> =>
    assert.deepEqual(await ruleOf(access, name), rule, what);
  await update({ value: Buffer.from("value three") });
  await isKept("a new value");
  await access.rollback(DEV, KEY, 1);
  await isKept("rolled back");
  await access.rename(DEV, KEY, renamed);
  await isKept("renamed", renamed);
  await access.rename(DEV, renamed, KEY);
  await turnEnvironmentEpoch(session, DEV);
  await isKept("new keys");
  await access.write(DEV, "upsert", [{ name: KEY, value: Buffer.from("imported") }]);
  await isKept("imported again");
  await access.delete(DEV, KEY);
  await access.undelete(DEV, KEY);
  await isKept("brought back");
  await access.delete(DEV, KEY);
  const off = { name: KEY, value: Buffer.from("bait"), placeholder: null };
  await assert.rejects(access.write(DEV, "create", [off]), { code: "person-required" });
  await access.write(DEV, "create", [{ name: KEY, value: Buffer.from("bait") }]);
  await isKept("made again");
  await access.rollback(DEV, KEY, 1);
  await isKept("made again and rolled back");
});

test("S152 a value that is older than placeholder mode is in it too, once it is rolled back", async () => {
  const { access } = await setting();
  await access.write(DEV, "update", [{ name: OTHER, allowedHosts: [HOST], placeholder: [] }], PASSWORD);
  await access.rollback(DEV, OTHER, 1);
  assert.deepEqual(await ruleOf(access, OTHER), { allowedHosts: [HOST], places: PLACES });
});

test("S155 a caller that can't give placeholders gets no such secret, before anybody is asked", async () => {
  const { access } = await setting();
  const { canStandIn: _, ...unable } = REQUEST;
  for (const request of [unable, { ...unable, names: [KEY] }, { ...unable, action: "shell" as const }]) {
    await assert.rejects(access.lease(request, never), (error) => {
      assert.ok(isVaultError(error, "denied-by-policy"));
      assert.match(error.message, /STRIPE_KEY is given as a placeholder only/);
      return true;
    });
  }
  const { secrets } = await access.lease({ ...unable, names: [OTHER] }, yes);
  assert.deepEqual([secrets.length, secrets[0]!.placeholder], [1, undefined]);
});

test("placeholder mode that is switched on while a person thinks applies to what they approve", async () => {
  const { access } = await setting();
  await access.write(DEV, "update", [{ name: OTHER, allowedHosts: [HOST] }], PASSWORD);
  const slow: Ask = async () => {
    await access.write(DEV, "update", [{ name: OTHER, placeholder: [] }]);
    return "once";
  };
  const { secrets } = await access.lease({ ...REQUEST, names: [OTHER] }, slow);
  assert.deepEqual(secrets[0]!.placeholder, { allowedHosts: [HOST], places: PLACES });
});
