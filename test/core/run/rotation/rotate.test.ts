import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { newId } from "#core/crypto/random.ts";
import { abortRotation, continueRotation, startRotation } from "#core/run/rotation/rotate.ts";
import { requireSecretName } from "#core/vault/context.ts";
import { VaultError } from "#core/vault-error.ts";
import { DEV, KEY, OTHER, PASSWORD, put, STAGING } from "../../vault/fixture.ts";
import { newSource, OLD, rotating } from "./rotated.ts";

test("a program makes the new value, every environment gets it, and only then is the old one revoked", async (t) => {
  const source = newSource(t);
  const { deps, folder, value, access } = await rotating(t);
  source.alter('[ "$OV_ROTATION_STEP" != revoke ] || [ "$STRIPE_KEY" = "$OV_NEW_VALUE" ]');
  const provider = { command: [source.program], cwd: folder, secrets: [] };
  const done = await startRotation(deps, { name: KEY, contexts: [DEV, STAGING], provider, password: PASSWORD });
  assert.deepEqual(done.contexts, [DEV, STAGING]);
  assert.deepEqual(source.valid(), [await value(DEV)]);
  assert.equal(await value(STAGING), await value(DEV));
  assert.notEqual(await value(DEV), OLD);
  assert.deepEqual(source.steps(), ["make", "revoke"]);
  assert.deepEqual(await access.rotations(), []);
  const told = (await access.audit()).filter(({ action }) => action === "rotate").map(({ outcome }) => outcome);
  assert.deepEqual(told, ["begun", "stored: shop/dev, shop/staging", "ended"]);
});

test("a value that a person types or that is generated goes to every environment, in steps too", async (t) => {
  const { deps, value, access } = await rotating(t);
  await startRotation(deps, { name: KEY, contexts: [DEV, STAGING], password: PASSWORD });
  assert.deepEqual([await value(DEV), await value(STAGING)], ["qvTyped-77hTz04mBnKe2", "qvTyped-77hTz04mBnKe2"]);
  assert.deepEqual(await access.rotations(), []);
});

test("a person who cancels at the prompt has begun nothing", async (t) => {
  const { deps, value, access } = await rotating(t);
  const cancel = async () => {
    throw new VaultError("cancelled", "Cancelled at the prompt.");
  };
  const start = startRotation({ ...deps, newValue: cancel }, { name: KEY, contexts: [DEV] });
  await assert.rejects(start, { code: "cancelled" });
  assert.deepEqual(await access.rotations(), []);
  assert.equal(await value(), OLD);
});

test("environments with another value are left for a rotation of their own", async (t) => {
  const { deps, session, value } = await rotating(t);
  await put(session, KEY, "qvStaging-itsOwn-1234567", STAGING);
  const done = await startRotation(deps, { name: KEY, contexts: [DEV, STAGING], password: PASSWORD });
  assert.deepEqual(done.contexts, [DEV]);
  assert.equal(await value(STAGING), "qvStaging-itsOwn-1234567");
});

test("S271 a program's new value is in nothing that it prints for people, whatever it prints", async (t) => {
  const source = newSource(t);
  const { deps, folder, value, outputs } = await rotating(t);
  source.alter('echo "now: $made$OV_NEW_VALUE, before: $OV_OLD_VALUE$STRIPE_KEY" >&2');
  const provider = { command: [source.program], cwd: folder, secrets: [] };
  await startRotation(deps, { name: KEY, contexts: [DEV], provider });
  const printed = outputs.join("");
  assert.match(printed, /now: .*before: /);
  assert.ok(!printed.includes(await value()) && !printed.includes(OLD), printed);
});

test("a program that fails to make a value has changed nothing, and is told to discard what it made", async (t) => {
  const source = newSource(t);
  const { deps, folder, value, access } = await rotating(t);
  const provider = { command: [source.program], cwd: folder, secrets: [] };
  source.alter('[ "$OV_ROTATION_STEP" != make ] || exit 3');
  const start = startRotation(deps, { name: KEY, contexts: [DEV, STAGING], provider, password: PASSWORD });
  await assert.rejects(start, { code: "run-failed" });
  assert.deepEqual(source.valid(), [OLD]);
  assert.deepEqual(source.steps(), ["make", "discard"]);
  assert.equal(await value(), OLD);
  assert.deepEqual(await access.rotations(), []);
});

test("a program that prints nothing, the old value or too much has changed nothing", async (t) => {
  for (const printed of ["exit 0", 'echo "$STRIPE_KEY"; exit 0', "head -c 300000 /dev/zero | tr '\\0' x; exit 0"]) {
    const source = newSource(t);
    const { deps, folder, value, access } = await rotating(t);
    const provider = { command: [source.program], cwd: folder, secrets: [] };
    source.alter(`[ "$OV_ROTATION_STEP" != make ] || { ${printed}; }`);
    await assert.rejects(
      startRotation(deps, { name: KEY, contexts: [DEV], provider }),
      /value-invalid|run-failed|Error/,
    );
    assert.deepEqual([source.valid(), await value()], [[OLD], OLD], printed);
    assert.deepEqual(await access.rotations(), []);
  }
});

test("a program that can't revoke the old value leaves a rotation that goes on from there, and can't be given up", async (t) => {
  const source = newSource(t);
  const { deps, folder, value, access, only } = await rotating(t);
  const provider = { command: [source.program], cwd: folder, secrets: [] };
  source.alter('[ "$OV_ROTATION_STEP" != revoke ] || exit 3');
  await assert.rejects(startRotation(deps, { name: KEY, contexts: [DEV], provider }), { code: "run-failed" });
  assert.equal((await only()).phase, "stored");
  assert.notEqual(await value(), OLD);
  await assert.rejects(abortRotation(deps, await only()), { code: "argument-invalid" });
  source.alter("");
  await continueRotation(deps, await only());
  assert.deepEqual(source.valid(), [await value()]);
  assert.deepEqual(await access.rotations(), []);
});

test("a value that somebody else stores meanwhile stays, and the new one is given up", async (t) => {
  const source = newSource(t);
  const { deps, folder, value, access, session } = await rotating(t);
  const provider = { command: [source.program], cwd: folder, secrets: [] };
  const meanwhile = async (...[step]: Parameters<typeof access.rotate>) => {
    if (step.kind === "store") await put(session, KEY, "qvSomebody-else-1234567", STAGING);
    return access.rotate(step);
  };
  const start = startRotation(
    { ...deps, access: { ...deps.access, rotate: meanwhile } },
    { name: KEY, contexts: [DEV, STAGING], provider, password: PASSWORD },
  );
  await assert.rejects(start, { code: "vault-conflict" });
  assert.deepEqual([await value(DEV), await value(STAGING)], [OLD, "qvSomebody-else-1234567"]);
  assert.deepEqual(source.valid(), [OLD]);
  assert.deepEqual(await access.rotations(), []);
});

test("a change of the details meanwhile is no other value", async (t) => {
  const { deps, value, access } = await rotating(t);
  const meanwhile = async (...[step]: Parameters<typeof access.rotate>) => {
    if (step.kind === "store") await access.write(DEV, "update", [{ name: KEY, description: "for payments" }]);
    return access.rotate(step);
  };
  await startRotation({ ...deps, access: { ...deps.access, rotate: meanwhile } }, { name: KEY, contexts: [DEV] });
  assert.equal(await value(), "qvTyped-77hTz04mBnKe2");
  assert.equal((await access.list(DEV))[0]!.description, "for payments");
});

test("rotating takes the exposed mark off, and a rollback to the old value brings it back", async (t) => {
  const { deps, access } = await rotating(t);
  const asked = { action: "run", client: "x", context: DEV, command: "true", cwd: "/" } as const;
  const lease = await access.lease(asked, async () => "once");
  await access.settle(lease.id, { exitCode: 0, outcome: "ended", redactions: 0, leakedFiles: 1, leakedNames: [KEY] });
  const isExposed = async () => (await access.list(DEV))[0]!.exposed !== undefined;
  assert.ok(await isExposed());
  await startRotation(deps, { name: KEY, contexts: [DEV] });
  assert.ok(!(await isExposed()));
  await access.rollback(DEV, KEY, 1);
  assert.ok(await isExposed());
});

test("a secret in placeholder mode is a placeholder to the program, in all of its variables", async (t) => {
  const source = newSource(t);
  const { deps, folder, value, access } = await rotating(t);
  const guard = { allowedHosts: ["api.example.com"], placeholder: [] };
  await access.write(DEV, "update", [{ name: KEY, ...guard }], PASSWORD);
  const seen = `printf '%s\\n' "$STRIPE_KEY" "$OV_OLD_VALUE" "$OV_NEW_VALUE" >> ${source.folder}/seen`;
  source.alter(seen);
  const provider = { command: [source.program], cwd: folder, secrets: [] };
  await startRotation(deps, { name: KEY, contexts: [DEV], provider });
  const held = readFileSync(join(source.folder, "seen"), "utf8").split("\n").filter(Boolean);
  assert.equal(held.length, 4);
  assert.ok(!held.includes(OLD) && !held.includes(await value()), "a value");
  assert.notEqual(await value(), OLD);
});

test("S272 which environments have equal values is told to nobody without the master password", async (t) => {
  const { access } = await rotating(t);
  const begin = { kind: "begin", id: newId(), name: KEY, contexts: [DEV, STAGING] } as const;
  await assert.rejects(access.rotate(begin), { code: "person-required" });
  await assert.rejects(access.rotate({ ...begin, password: Buffer.from("wrong") }), { code: "wrong-password" });
  assert.deepEqual(await access.rotations(), []);
  assert.equal((await access.rotate({ ...begin, password: PASSWORD }))?.contexts.length, 2);
});

test("S273 the values of a rotation are leased with its own secret only", async (t) => {
  const { access, session, only } = await rotating(t);
  await put(session, OTHER, "qvOther-55kLm2Np9QsTv");
  await access.rotate({ kind: "begin", id: newId(), name: KEY, contexts: [DEV] });
  const { id, home } = await only();
  const asked = {
    action: "run",
    client: "x",
    context: DEV,
    command: "true",
    cwd: "/",
    rotation: { home, id },
  } as const;
  const yes = async () => "once" as const;
  await assert.rejects(access.lease({ ...asked, names: [OTHER] }, yes), { code: "argument-invalid" });
  await assert.rejects(access.lease({ ...asked, names: [KEY] }), { code: "approval-required" });
  const { secrets } = await access.lease({ ...asked, names: [KEY] }, yes);
  assert.deepEqual(
    secrets.map(({ name }) => name),
    [KEY, "OV_OLD_VALUE"],
  );
});

test("a decoy is not rotated, and a second rotation of the same secret waits for the first", async (t) => {
  const { access, session } = await rotating(t);
  const decoy = requireSecretName("DECOY");
  await access.write(DEV, "create", [{ name: decoy, value: Buffer.from("nothing"), canary: true }]);
  await assert.rejects(access.rotate({ kind: "begin", id: newId(), name: decoy, contexts: [DEV] }), {
    code: "denied-by-policy",
  });
  await access.rotate({ kind: "begin", id: newId(), name: KEY, contexts: [DEV] });
  await assert.rejects(access.rotate({ kind: "begin", id: newId(), name: KEY, contexts: [DEV] }), {
    code: "vault-conflict",
  });
  await access.rotate({ kind: "begin", id: newId(), name: KEY, contexts: [STAGING] });
  await put(session, OTHER, "qvOther-55kLm2Np9QsTv");
  await access.rotate({ kind: "begin", id: newId(), name: OTHER, contexts: [DEV] });
  assert.equal((await access.rotations()).length, 3);
});

test("a rotation under way counts as no secret, and moves on to new keys", async (t) => {
  const { deps, access, value, only } = await rotating(t);
  await access.rotate({ kind: "begin", id: newId(), name: KEY, contexts: [DEV, STAGING], password: PASSWORD });
  assert.equal((await access.list(DEV)).length, 1);
  assert.equal((await access.apps())[0]!.environments.find(({ environment }) => environment === "dev")!.secrets, 1);
  await access.turnEpoch(DEV);
  await continueRotation(deps, await only());
  assert.deepEqual([await value(DEV), await value(STAGING)], ["qvTyped-77hTz04mBnKe2", "qvTyped-77hTz04mBnKe2"]);
});
