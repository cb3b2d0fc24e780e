import assert from "node:assert/strict";
import { mkdtempSync, readdirSync, realpathSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { TestContext } from "node:test";
import { compileMatcher } from "#core/redact/matcher.ts";
import { type ChildOptions, type ChildResult, runChild } from "#core/run/run-child.ts";
import { newRunMarker } from "#core/run/run-marker.ts";
import { decodeOutput } from "#core/run/run-with-secrets.ts";
import { openSandbox, type Sandbox, type SandboxOptions } from "#core/run/sandbox/open-sandbox.ts";
import { isVaultError } from "#core/vault-error.ts";
import { API_KEY } from "../leased.ts";

export type Sandboxed = (
  command: SandboxOptions["command"],
  options?: Partial<SandboxOptions> & { readonly child?: Partial<ChildOptions> },
) => Promise<ChildResult & { readonly out: string; readonly err: string; readonly marker: string }>;

/** A folder for one test, gone afterwards. */
export function folderFor(t: TestContext): string {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), "ov-test-")));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

let refusal: Promise<unknown> | undefined;

/**
 * Runs the check with real sandboxes. Where this machine can't make one, what is promised instead is checked: that it
 * is refused with the reason, and nothing runs.
 */
export async function withSandbox(
  t: TestContext,
  check: (run: Sandboxed, cwd: string) => Promise<void>,
): Promise<void> {
  const cwd = folderFor(t);
  const path = process.env.PATH;
  refusal ??= openSandbox({ command: "touch ran", cwd, path, hosts: [] }).then(
    (sandbox) => sandbox.close(),
    (error: unknown) => error,
  );
  const error = await refusal;
  if (error !== undefined) {
    assert.ok(isVaultError(error, "denied-by-policy"), String(error));
    assert.match(error.message, /can't be sandboxed here: .+\. /);
    assert.deepEqual(readdirSync(cwd), []);
    t.diagnostic(`refused, as promised: ${error.message}`);
    return;
  }
  await check(async (command, { child, ...options } = {}) => {
    const sandbox = await openSandbox({ command, cwd, path, hosts: [], ...options });
    return runIn(sandbox, options.cwd ?? cwd, child);
  }, cwd);
}

async function runIn(sandbox: Sandbox, cwd: string, child: Partial<ChildOptions> = {}): ReturnType<Sandboxed> {
  const marker = newRunMarker();
  const matcher = compileMatcher([{ name: "API_KEY", value: Buffer.from(API_KEY) }]);
  const { PATH = "", HOME = "" } = process.env;
  const env = { PATH, HOME, API_KEY, ...child.env, ...sandbox.env };
  try {
    const result = await runChild({ command: sandbox.command, cwd, marker, matcher, ...child, env });
    return { ...result, out: decodeOutput(result.stdout), err: decodeOutput(result.stderr), marker: marker.id };
  } finally {
    await sandbox.close();
  }
}
