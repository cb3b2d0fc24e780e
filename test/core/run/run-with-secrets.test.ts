import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, realpathSync, renameSync, rmSync, symlinkSync, unlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { surroundingsOf } from "#core/run/child-env.ts";
import { decodeOutput, type RunRequest, type RunResult, runWithSecrets } from "#core/run/run-with-secrets.ts";
import { isVaultError } from "#core/vault-error.ts";
import { API_KEY, CONTEXT, type Leased, leased } from "./leased.ts";
import { livingWith } from "./living.ts";

const base = realpathSync(mkdtempSync(join(tmpdir(), "ov-run-")));
after(() => rmSync(base, { recursive: true }));

type Options = Partial<RunRequest> & Pick<RunRequest, "command">;

async function run(
  vault: Leased,
  options: Options,
  signal?: AbortSignal,
): Promise<RunResult & { readonly out: string }> {
  const request = { client: "test", context: CONTEXT, cwd: base, ...options };
  const result = await runWithSecrets(vault.deps, request, undefined, signal);
  return { ...result, out: decodeOutput(result.stdout) };
}

test("a command gets the secrets, and its output comes back redacted and settled", async () => {
  const vault = leased();
  const result = await run(vault, { command: `test "$API_KEY" = ${API_KEY} && echo "key $API_KEY"` });
  assert.deepEqual([result.exitCode, result.out, result.injected], [0, "key [redacted:API_KEY]\n", ["API_KEY"]]);
  assert.deepEqual(vault.events, ["lease", "settle"]);
  assert.deepEqual(vault.outcomes, [{ exitCode: 0, outcome: "ended", redactions: 1 }]);
});

test("S26 the person who approves is shown exactly what will run, with its input and the real folder", async () => {
  const vault = leased();
  symlinkSync(base, join(base, "alias"));
  await run(vault, { command: ["cat", "a b"], stdin: Buffer.from("x"), cwd: join(base, "alias"), reason: "to see" });
  assert.deepEqual(vault.requests, [
    {
      action: "run",
      client: "test",
      context: CONTEXT,
      cwd: base,
      command: `stdin "x" | no shell: cat 'a b'`,
      runs: { command: ["cat", "a b"], searchPath: process.env.PATH },
      canConfine: true,
      canStandIn: true,
      surroundings: surroundingsOf(vault.deps.parentEnv),
      reason: "to see",
    },
  ]);
});

test("S26 a refused run starts nothing and reads no value", async () => {
  const vault = leased({ API_KEY }, { refuse: true });
  await assert.rejects(run(vault, { command: `touch ${base}/ran` }), (error) => isVaultError(error, "denied-by-user"));
  assert.throws(() => realpathSync(join(base, "ran")));
  assert.deepEqual(vault.events, ["lease"]);
});

test("a wrong command, folder or time limit is refused before anyone is asked", async () => {
  const vault = leased();
  const wrong: [Options, string][] = [
    [{ command: "" }, "argument-invalid"],
    [{ command: [] }, "argument-invalid"],
    [{ command: "a\0" }, "argument-invalid"],
    [{ command: "true", cwd: join(base, "none") }, "cwd-invalid"],
    [{ command: "true", cwd: "/", allowedRoots: [base] }, "cwd-invalid"],
    [{ command: "true", timeoutSeconds: 0 }, "argument-invalid"],
    [{ command: "true", timeoutSeconds: Number.NaN }, "argument-invalid"],
    [{ command: "true", timeoutSeconds: 1e9 }, "argument-invalid"],
  ];
  for (const [options, code] of wrong) {
    await assert.rejects(
      run(vault, options),
      (error) => isVaultError(error) && error.code === code,
      JSON.stringify(options),
    );
  }
  assert.deepEqual(vault.events, []);
});

test("S26 a folder that is replaced by a link during the approval is not run in", async () => {
  const [folder, elsewhere] = [join(base, "folder"), join(base, "elsewhere")];
  mkdirSync(folder);
  mkdirSync(elsewhere);
  const vault = leased(
    { API_KEY },
    {
      onLease: () => {
        rmSync(folder, { recursive: true });
        symlinkSync(elsewhere, folder);
      },
    },
  );
  await assert.rejects(run(vault, { command: "touch ran", cwd: folder }), (error) =>
    isVaultError(error, "cwd-invalid"),
  );
  assert.throws(() => realpathSync(join(elsewhere, "ran")));
  assert.deepEqual(vault.outcomes, [{ exitCode: undefined, outcome: "failed", redactions: 0 }]);
  unlinkSync(folder);
});

test("S26 another folder that is put at the same path during the approval is not run in", async () => {
  const [folder, other] = [join(base, "approved"), join(base, "other")];
  for (const path of [folder, other]) mkdirSync(path);
  const onLease = () => {
    renameSync(folder, join(base, "away"));
    renameSync(other, folder);
  };
  await assert.rejects(run(leased({ API_KEY }, { onLease }), { command: "touch ran", cwd: folder }), (error) =>
    isVaultError(error, "cwd-invalid"),
  );
  assert.throws(() => realpathSync(join(folder, "ran")));
});

test("S26 the bytes of a lease are wiped and the lease is settled, however the run ends", async () => {
  const ends: [Options, string, (() => AbortSignal) | undefined][] = [
    [{ command: "exit 3" }, "ended", undefined],
    [{ command: ["no-such-program-anywhere"] }, "failed", undefined],
    [{ command: "sleep 60", timeoutSeconds: 0.2 }, "timed-out", undefined],
    [{ command: "sleep 60" }, "cancelled", () => AbortSignal.timeout(200)],
    [{ command: "true" }, "cancelled", () => AbortSignal.abort()],
  ];
  for (const [options, outcome, signal] of ends) {
    const vault = leased();
    await run(vault, options, signal?.()).catch((error: unknown) => assert.ok(isVaultError(error)));
    assert.deepEqual(vault.events, ["lease", "settle"], outcome);
    assert.equal(vault.outcomes[0]?.outcome, outcome);
    assert.ok(
      vault.handedOut.every((value) => value.every((byte) => byte === 0)),
      outcome,
    );
  }
});

test("S29 a value that no environment can carry ends the run before it begins, named but not shown", async () => {
  const vault = leased({ API_KEY, BINARY: Uint8Array.from([0x61, 0x62, 0xff]) });
  await assert.rejects(
    run(vault, { command: `touch ${base}/ran` }),
    (error) =>
      isVaultError(error, "value-invalid") && error.message.includes("BINARY") && !error.message.includes("ab\ufffd"),
  );
  assert.throws(() => realpathSync(join(base, "ran")));
  assert.deepEqual(vault.events, ["lease", "settle"]);
  assert.ok(vault.handedOut.every((value) => value.every((byte) => byte === 0)));
});

test("S20 the environment of a run holds the short list, the names, the run's mark and its canary, and nothing else", async () => {
  const parentEnv = { PATH: process.env.PATH, HOME: base, GITHUB_TOKEN: "ghp_1", OV_ASKPASS: "x", NODE_OPTIONS: "--x" };
  const result = await run(leased({ API_KEY, OTHER: "another value of some length" }, { parentEnv }), {
    command: [process.execPath, "-p", "Object.keys(process.env).sort().join()"],
  });
  const names = result.out.trim().split(",");
  const [canary] = names.filter((name) => /^[A-Z]+_[A-Z]+_(TOKEN|KEY|SECRET)$/.test(name));
  assert.deepEqual(
    names.filter((name) => name !== canary),
    ["API_KEY", "HOME", "OTHER", "OV_RUN", "PATH"],
  );
  assert.ok(canary !== undefined);
});

test("S21 the output of env is redacted, with values of several lines", async () => {
  const PEM = "-----BEGIN KEY-----\nMIIEvQIBADANBgkqhkiG9w0BAQ\nEFAASCBKcwggSjAgEAAoIBAQ\n-----END KEY-----\n";
  const result = await run(leased({ API_KEY, PEM }), { command: 'env; echo; printf %s "$PEM" | sed -n 3p' });
  assert.doesNotMatch(result.out, /sk_test|MIIEvQ|EFAASC/);
  assert.match(result.out, /^PATH=/m);
});

test("S22 no process of a run lives after the call", async () => {
  const result = await run(leased(), {
    command: 'echo "$OV_RUN"; sleep 60 & setsid sleep 61 & (setsid sh -c "sleep 62" >/dev/null 2>&1 &); exit 0',
  });
  assert.match(result.out, /^[0-9a-f]{24}\n$/);
  assert.deepEqual(livingWith(result.out.trim()), []);
});

test("a run that took place stays a result when the vault was locked meanwhile", async () => {
  const vault = leased();
  const { VaultError } = await import("#core/vault-error.ts");
  const access = {
    ...vault.deps.access,
    settle: async () => {
      throw new VaultError("vault-locked", "The vault is locked. Unlock it.");
    },
  };
  const request = { client: "test", context: CONTEXT, cwd: base, command: "echo done" };
  assert.equal(decodeOutput((await runWithSecrets({ ...vault.deps, access }, request)).stdout), "done\n");
});
