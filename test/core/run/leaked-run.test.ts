import assert from "node:assert/strict";
import { existsSync, mkdtempSync, realpathSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { localAccess } from "#core/run/local-access.ts";
import { MatcherCache } from "#core/run/matcher-cache.ts";
import { decodeOutput, type RunRequest, runWithSecrets } from "#core/run/run-with-secrets.ts";
import { ShellSessions } from "#core/run/shell-session.ts";
import type { Ask } from "#core/run/vault-access.ts";
import { DEV, KEY, newVault, OTHER, put } from "../vault/fixture.ts";

const folder = realpathSync(mkdtempSync(join(tmpdir(), "ov-leaked-run-")));
const matchers = new MatcherCache();
after(() => {
  matchers.close();
  rmSync(folder, { recursive: true, force: true });
});
const OLD = "qvOld-9f2Lw81zXcRt7";
const NEW = "qvNew-77hTz04mBnKe2";
const yes: Ask = async () => "once";

async function setting() {
  const { session } = await newVault();
  await put(session, KEY, OLD);
  await put(session, OTHER, "qvOther-55kLm2Np9QsTv");
  const access = localAccess(session, { idleMs: 60_000 });
  const { PATH, HOME } = process.env;
  const deps = { access, matchers, parentEnv: { PATH, HOME, SHELL: "/bin/sh" } };
  const run = async (command: RunRequest["command"]) => {
    const result = await runWithSecrets(deps, { client: "test", context: DEV, cwd: folder, command }, yes);
    return { ...result, out: decodeOutput(result.stdout) };
  };
  return { session, access, deps, run };
}

test("S102 a run's result names the files that it left values in, and the audit log says how many", async () => {
  const { access, run } = await setting();
  const leaky = await run(
    'printf %s "$STRIPE_KEY" > left.txt; printf %s "$STRIPE_KEY" | base64 > left.b64; echo fine > clean',
  );
  assert.deepEqual(leaky.leaked, {
    files: [
      { path: "left.b64", names: [KEY] },
      { path: "left.txt", names: [KEY] },
    ],
  });
  assert.equal((await access.audit()).at(-1)!.outcome, "ended, left values in 2 files");
  await run("rm left.txt left.b64");
  const clean = await run("echo nothing > other.txt");
  assert.deepEqual(clean.leaked, { files: [] });
  assert.equal((await access.audit()).at(-1)!.outcome, "ended");
});

test("S102 a file that a run left a value in is named also when the run failed or ran out of time", async () => {
  const { run, deps } = await setting();
  assert.equal((await run('echo "$STRIPE_KEY" > failed.txt; exit 3')).leaked.files.length, 1);
  const request = { client: "test", context: DEV, cwd: folder, command: 'echo "$STRIPE_KEY" > slow.txt; sleep 60' };
  const late = await runWithSecrets(deps, { ...request, timeoutSeconds: 3 }, yes);
  assert.ok(late.timedOut);
  assert.ok(late.leaked.files.some(({ path }) => path === "slow.txt"));
});

test("S102 a shell that ends says which files it left values in", async () => {
  const { deps } = await setting();
  const shells = new ShellSessions();
  const { id } = await shells.open(deps, { client: "test", context: DEV, cwd: folder, shell: "sh" }, yes);
  await shells.type(id, 'echo "$STRIPE_KEY" > from-shell.txt');
  const closed = await shells.close(id);
  assert.ok(closed.leaked.files.some(({ path, names }) => path === "from-shell.txt" && names.includes(KEY)));
  assert.deepEqual(await shells.end(id), closed);
  await shells.closeAll();
});

test("a secret that is changed during a run stays what it was in that run, redacted as such; the next gets the new one", async () => {
  const { session, run } = await setting();
  const running = run(
    'printf %s "$STRIPE_KEY"; touch began; while [ ! -e go ]; do sleep 0.05; done; printf %s "$STRIPE_KEY"',
  );
  const other = (async () => {
    while (!existsSync(join(folder, "began"))) await sleep(20);
    await put(session, KEY, NEW);
    return run(`touch go; test "$STRIPE_KEY" = ${NEW} && echo $STRIPE_KEY`);
  })();
  const [first, second] = await Promise.all([running, other]);
  assert.equal(first.out, "[redacted:STRIPE_KEY][redacted:STRIPE_KEY]");
  assert.equal(second.out, "[redacted:STRIPE_KEY]\n");
});
