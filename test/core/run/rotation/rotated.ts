import { chmodSync, mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { TestContext } from "node:test";
import { localAccess } from "#core/run/local-access.ts";
import { MatcherCache } from "#core/run/matcher-cache.ts";
import type { RotateDeps } from "#core/run/rotation/rotate.ts";
import type { RotationInfo } from "#core/run/rotation/rotation-step.ts";
import type { VaultAccess } from "#core/run/vault-access.ts";
import { createEnvironment } from "#core/vault/apps.ts";
import type { Context } from "#core/vault/context.ts";
import { readVersion } from "#core/vault/secret-read.ts";
import { claimRotation } from "#mcp/device/rotation-claim.ts";
import { DEV, KEY, newVault, put, STAGING } from "../../vault/fixture.ts";

export const OLD = "qvOld-9f2Lw81zXcRt7PbK";

/** Where values are valid, outside of the vault, and the program that makes and revokes them there. */
export interface Source {
  readonly folder: string;
  readonly program: string;
  /** Every valid value. */
  valid(): readonly string[];
  /** What the program was called for, in order. */
  steps(): readonly string[];
  /** Makes the program do more, such as fail, before its last line. */
  alter(shell: string): void;
}

/** Kept out of the working folder, or the program would leave its values there. */
export function newSource(t: TestContext, old = OLD): Source {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), "ov-source-")));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  const [valid, steps, program] = [join(folder, "valid"), join(folder, "steps"), join(folder, "rotate.sh")];
  const alter = (shell: string): void => {
    const text = PROGRAM.replaceAll("@VALID@", valid).replaceAll("@STEPS@", steps);
    writeFileSync(
      program,
      text.replaceAll("@MORE@", () => shell),
    );
  };
  writeFileSync(valid, `${old} -\n`);
  writeFileSync(steps, "");
  alter("");
  chmodSync(program, 0o700);
  const lines = (file: string): readonly string[] => readFileSync(file, "utf8").split("\n").filter(Boolean);
  return {
    ...{ folder, program, alter },
    valid: () => lines(valid).map((line) => line.split(" ")[0]!),
    steps: () => lines(steps),
  };
}

/** A line for each valid value, with the rotation that made it. */
const PROGRAM = `#!/bin/sh
set -e
valid='@VALID@'
echo "$OV_ROTATION_STEP" >> '@STEPS@'
drop_made() { grep -v " $OV_ROTATION\\$" "$valid" > "$valid.new" || true; mv "$valid.new" "$valid"; }
case "$OV_ROTATION_STEP" in
  make)
    drop_made
    made="qvNew-$(od -An -N12 -tx1 /dev/urandom | tr -d ' \\n')"
    echo "$made $OV_ROTATION" >> "$valid"
    @MORE@
    echo "$made" ;;
  revoke)
    @MORE@
    echo "$OV_NEW_VALUE $OV_ROTATION" > "$valid" ;;
  discard)
    @MORE@
    drop_made ;;
esac
`;

/** A vault with the same value in two environments, and a rotation's way to it. */
export async function rotating(t: TestContext) {
  const fixture = await newVault();
  const { session } = fixture;
  await createEnvironment(session, STAGING);
  for (const context of [DEV, STAGING]) await put(session, KEY, OLD, context);
  const access = localAccess(session, { idleMs: 60_000 });
  const folder = realpathSync(mkdtempSync(join(tmpdir(), "ov-rotation-")));
  const runtime = mkdtempSync(join(tmpdir(), "ov-run-"));
  const matchers = new MatcherCache();
  t.after(() => {
    matchers.close();
    rmSync(runtime, { recursive: true, force: true });
    rmSync(folder, { recursive: true, force: true });
  });
  const outputs: string[] = [];
  const value = async (context: Context = DEV): Promise<string> =>
    (await readVersion(session, context, KEY)).toString();
  const depsOf = (over: Pick<VaultAccess, "lease" | "settle" | "rotate">): RotateDeps => ({
    access: over,
    parentEnv: { PATH: process.env.PATH },
    matchers,
    client: "ov secret rotate",
    claim: (id) => claimRotation(runtime, id),
    newValue: async () => Buffer.from("qvTyped-77hTz04mBnKe2"),
    onOutput: (output) => outputs.push(output),
  });
  const deps = depsOf(approving(access));
  const only = async (): Promise<RotationInfo> => {
    const all = await access.rotations();
    if (all.length !== 1) throw new Error(`there are ${all.length} rotations`);
    return all[0]!;
  };
  return { ...fixture, access, folder, runtime, outputs, value, deps, depsOf, only };
}

/** The vault, where a person says yes to each run. */
export function approving(access: VaultAccess): Pick<VaultAccess, "lease" | "settle" | "rotate"> {
  return {
    lease: (asked, _ask, signal) => access.lease(asked, async () => "once", signal),
    settle: (...args) => access.settle(...args),
    rotate: (step) => access.rotate(step),
  };
}
