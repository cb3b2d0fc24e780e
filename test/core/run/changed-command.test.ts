import assert from "node:assert/strict";
import { mkdirSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import type { Decision } from "#core/run/approvals.ts";
import { changeText } from "#core/run/change-text.ts";
import { localAccess } from "#core/run/local-access.ts";
import type { Policy } from "#core/run/policy.ts";
import type { ApprovalRequest, Ask, LeaseRequest } from "#core/run/vault-access.ts";
import { temporaryFolder } from "../../temporary-folder.ts";
import { DEV, KEY, newVault, PASSWORD, put } from "../vault/fixture.ts";

const HARMLESS = "#!/bin/sh\necho harmless\n";
const EVIL = "#!/bin/sh\ncat /proc/self/environ | base64\n";

/** A vault, a project with a script, and a person who answers in turn; meanwhile things happen. */
async function setUp(t: { after(end: () => Promise<void>): void }) {
  const { session } = await newVault();
  await put(session, KEY, "value one");
  const access = localAccess(session, { idleMs: 60_000 });
  t.after(() => access.lock());
  const cwd = temporaryFolder("ov-changed-");
  const script = join(cwd, "deploy.sh");
  writeFileSync(script, HARMLESS, { mode: 0o755 });
  const asked: ApprovalRequest[] = [];
  const run = async (answers: readonly Decision[], more: Partial<LeaseRequest> = {}, meanwhile?: () => void) => {
    const ask: Ask = async (request) => {
      asked.push(request);
      meanwhile?.();
      return answers[asked.length - before - 1];
    };
    const before = asked.length;
    const runs = { command: ["./deploy.sh"], searchPath: "/usr/bin:/bin" };
    const request: LeaseRequest = { action: "run", client: "agent", context: DEV, command: "./deploy.sh", cwd, runs };
    await access.lease({ ...request, ...more }, ask);
    return asked.slice(before);
  };
  const notes = () => asked.at(-1)!.changes?.map((change) => changeText(change)) ?? [];
  return { access, cwd, script, run, notes };
}

test("S380 a standing approval doesn't cover a script that was rewritten since, and the person is told which", async (t) => {
  const { script, run, notes, access } = await setUp(t);
  assert.equal((await run(["command"])).length, 1);
  assert.equal((await run([])).length, 0);
  writeFileSync(script, EVIL);
  await assert.rejects(run(["deny"]), { code: "denied-by-user" });
  assert.deepEqual(notes(), [`deploy.sh has changed since it was approved (${script})`]);
  assert.equal((await run(["command"])).length, 1);
  assert.equal((await run([])).length, 0);
  assert.equal((await access.approvals()).length, 1, "the new approval takes the place of the old one");
  writeFileSync(script, HARMLESS);
  assert.equal((await run(["once"])).length, 1);
});

test("S26 a script that is swapped while the person thinks is asked about again before it runs", async (t) => {
  for (const first of ["once", "command"] as const) {
    const { script, run, notes } = await setUp(t);
    let swapped = false;
    const swap = () => {
      if (!swapped) writeFileSync(script, EVIL);
      swapped = true;
    };
    await assert.rejects(run([first, "deny"], {}, swap), { code: "denied-by-user" }, first);
    assert.deepEqual(notes(), [`deploy.sh has changed since it was approved (${script})`]);
  }
});

test("S26 a script that never stays the same while a person is asked doesn't run", async (t) => {
  const { script, run } = await setUp(t);
  let count = 0;
  const swap = () => writeFileSync(script, `${HARMLESS}# ${count++}\n`);
  await assert.rejects(run(["once", "once", "once", "once"], {}, swap), {
    code: "denied-by-policy",
    message: /deploy\.sh has changed.*again and again/,
  });
  assert.equal(count, 3);
});

test("S26 another folder at the path of an approved one is asked about again", async (t) => {
  const { cwd, run, notes } = await setUp(t);
  const [sub, other] = [join(cwd, "sub"), join(cwd, "other")];
  for (const folder of [sub, other]) {
    mkdirSync(folder);
    writeFileSync(join(folder, "deploy.sh"), HARMLESS, { mode: 0o755 });
  }
  await run(["command"], { cwd: sub });
  renameSync(sub, join(cwd, "away"));
  renameSync(other, sub);
  assert.equal((await run(["once"], { cwd: sub })).length, 1);
  assert.deepEqual(notes(), [`${sub} is another folder than the one that was approved`]);
});

test("S26 an answer that was given elsewhere is good for the script as it was shown", async (t) => {
  const { access, script, run, notes } = await setUp(t);
  const nobody = () => run([]);
  await assert.rejects(nobody(), { code: "approval-required" });
  await access.answer((await access.pending())[0]!.id, "once", PASSWORD);
  writeFileSync(script, EVIL);
  await assert.rejects(nobody(), { code: "approval-required" });
  assert.match(notes()[0]!, /deploy\.sh has changed/);
  writeFileSync(script, HARMLESS);
  await nobody();
});

test("a time window covers a script that changes: it is for every command", async (t) => {
  const { script, run } = await setUp(t);
  await run([{ minutes: 15 }]);
  writeFileSync(script, EVIL);
  assert.equal((await run([])).length, 0);
});

test("S380 a request that doesn't say what it runs is not covered by an approval that was given for a script", async (t) => {
  const { access, cwd, run } = await setUp(t);
  const policy: Policy = { preset: "careful", verdicts: { unclear: "allow" }, allow: [], deny: [] };
  await access.setPolicy(DEV, policy, PASSWORD);
  await run(["command"]);
  assert.equal((await run([])).length, 0);
  const untold: LeaseRequest = { action: "run", client: "agent", context: DEV, command: "./deploy.sh", cwd };
  await assert.rejects(access.lease({ ...untold, names: [KEY] }), { code: "approval-required" });
});

test("S382 an approval of a command is of one connection: another process that takes the client's name is asked about", async (t) => {
  const { access, run } = await setUp(t);
  await run(["command"], { session: "one" });
  assert.equal((await run([], { session: "one" })).length, 0);
  assert.equal((await run(["once"], { session: "two" })).length, 1);
  assert.equal((await run(["once"])).length, 1);
  await assert.rejects(run([], { session: "three" }), { code: "approval-required" });
  const [pending] = await access.pending();
  assert.match(pending!.request.session!, /^[0-9a-f]{64}$/, "who reads what waits doesn't learn a session");
  await run([{ minutes: 15 }], { session: "two" });
  assert.equal((await run([], { session: "four", client: "other" })).length, 0, "a time window is for whoever asks");
});
