import { compileMatcher, type Matcher } from "../../redact/matcher.ts";
import { type Context, formatContext, type SecretName } from "../../vault/context.ts";
import type { RotationProvider } from "../../vault/rotation-item.ts";
import { VaultError } from "../../vault-error.ts";
import { describeCommand } from "../command.ts";
import { holdLease, type RunDeps } from "../held-lease.ts";
import { findLeakedFiles, type LeakScan } from "../leaked-files.ts";
import { alsoHiding } from "../placeholder/also-hiding.ts";
import { type ChildResult, runChild } from "../run-child.ts";
import { outcomeOf, withLeaks } from "../run-with-secrets.ts";
import { type ConfinedCommand, confine } from "../sandbox/confine.ts";
import type { RunOutcome } from "../vault-access.ts";
import { NEW_VALUE } from "./rotation-lease.ts";

/** make: print a new value. revoke: the new one is the only valid one from now on. discard: the old one is. */
export type ProviderStep = "make" | "revoke" | "discard";

export interface ProviderCall {
  readonly step: ProviderStep;
  /** What calls it, as it is shown to a person and written to the audit log. */
  readonly client: string;
  readonly name: SecretName;
  readonly home: Context;
  readonly provider: RotationProvider;
  /** The rotation's id; asked for when the lease was granted, so that a refusal has begun nothing. */
  readonly id: () => Promise<string>;
  /** What it printed for people, redacted, and the files in which it left values; also of one that failed. */
  readonly onOutput?: (output: string, leaked: LeakScan, home: Context) => void;
  readonly signal?: AbortSignal;
}

/**
 * Runs the person's own program for one step, with the secret and what else it may have, and approved as any run.
 * What `make` prints on stdout goes to the caller only; nobody knows that value yet, so stderr waits until it can be
 * redacted by it. Refuses with `run-failed` if the program doesn't end with 0. Returns the new value, less the line ends at
 * its end, for the caller to wipe; of the other steps nothing.
 */
export async function callProvider(deps: RunDeps, call: ProviderCall): Promise<Uint8Array> {
  const { step, client, name, home, provider, signal } = call;
  const { command, cwd, secrets } = provider;
  const lease = await holdLease(
    deps,
    {
      ...{ action: "run", client: `${client} (${step})`, context: home, cwd, canConfine: true },
      ...{ names: [...new Set([name, ...secrets])], command: describeCommand(command), runs: command },
      // What is revoked or discarded was kept before: then the id is known.
      ...(step === "make" ? {} : { rotation: { home, id: await call.id() } }),
    },
    undefined,
    signal,
  );
  let outcome: RunOutcome = { exitCode: undefined, outcome: "failed", redactions: 0 };
  let started: ConfinedCommand | undefined;
  try {
    const id = await call.id();
    const beganAt = Date.now();
    started = await confine(command, lease);
    const result = await runChild(
      {
        ...{ command: started.command, cwd: lease.cwd, marker: lease.marker, timeoutMs: TIMEOUT_MS },
        env: { ...started.env, OV_ROTATION: id, OV_ROTATION_STEP: step, OV_SECRET: name },
        ...(step === "make" ? { matcher: compileMatcher([]), maxOutput: 4 * MAX_VALUE } : { matcher: started.matcher }),
      },
      signal,
    );
    outcome = outcomeOf(result);
    const value = step === "make" ? withoutLineEnds(result.stdout) : new Uint8Array();
    // All that was on stdout, also of a program that failed: it may be valid.
    const made = value.length === 0 ? [] : [{ name: NEW_VALUE, value }];
    const matcher = alsoHiding(started.matcher, made);
    const leaked = await findLeakedFiles(lease.cwd, beganAt, alsoHiding(lease.fileMatcher, made));
    outcome = withLeaks(outcome, leaked);
    call.onOutput?.(
      redacted(matcher, step === "make" ? [result.stderr] : [result.stdout, result.stderr]),
      leaked,
      home,
    );
    requireSuccess(result, call);
    return value;
  } finally {
    await started?.close();
    await lease.end(outcome);
  }
}

function requireSuccess(result: ChildResult, { step, home, name }: ProviderCall): void {
  if (result.cancelled) {
    throw new VaultError("cancelled", 'The rotation was interrupted. Go on with it by "ov secret rotate --resume".');
  }
  if (result.exitCode === 0 && !result.timedOut && !result.truncated) return;
  const how = result.timedOut
    ? "took longer than 300 seconds"
    : result.truncated
      ? "printed too much"
      : `ended with exit code ${result.exitCode ?? "none"}`;
  throw new VaultError(
    "run-failed",
    `The program that rotates ${formatContext(home)}/${name} ${how} at "${step}". See "ov status" for what is left to do.`,
  );
}

function redacted(matcher: Matcher, streams: readonly Uint8Array[]): string {
  const parts = streams.map((bytes) => {
    const redactor = matcher.redactor();
    return Buffer.concat([redactor.push(bytes), redactor.end()]).toString("utf8");
  });
  return parts.filter((part) => part !== "").join("");
}

/** As $(…) of a shell has it. */
function withoutLineEnds(bytes: Uint8Array): Uint8Array {
  let end = bytes.length;
  while (end > 0 && (bytes[end - 1] === 0x0a || bytes[end - 1] === 0x0d)) end--;
  return bytes.subarray(0, end);
}

const TIMEOUT_MS = 300_000;
const MAX_VALUE = 65_536;
