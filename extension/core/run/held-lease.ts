import { createHash } from "node:crypto";
import type { Matcher } from "../redact/matcher.ts";
import type { SecretName } from "../vault/context.ts";
import { isVaultError, VaultError } from "../vault-error.ts";
import {
  childEnvironment,
  type Environment,
  inheritedCredentials,
  type NamedValue,
  surroundingsOf,
} from "./child-env.ts";
import type { Command } from "./command.ts";
import type { MatcherCache } from "./matcher-cache.ts";
import { openStandIns, type StandIns } from "./placeholder/stand-in.ts";
import { newRunMarker, type RunMarker } from "./run-marker.ts";
import { RunWatch } from "./run-watch.ts";
import { both } from "./sandbox/confine.ts";
import type { Ask, Confinement, LeaseRequest, RunAlarm, RunOutcome, VaultAccess } from "./vault-access.ts";
import { folderIdentity, requireFolder } from "./working-folder.ts";

export interface RunDeps {
  readonly access: Pick<VaultAccess, "lease" | "settle">;
  /** The environment of the process that serves; a few variables of it are inherited. */
  readonly parentEnv: Environment;
  readonly matchers: MatcherCache;
}

/** A lease that was approved and made ready for a child. */
export interface HeldLease {
  readonly names: readonly SecretName[];
  /** The real path of the working folder. */
  readonly cwd: string;
  readonly env: Readonly<Record<string, string>>;
  readonly marker: RunMarker;
  readonly matcher: Matcher;
  /** For files that the run left. */
  readonly fileMatcher: Matcher;
  readonly standIns: Pick<StandIns, "proxy" | "report">;
  /** What the run has printed so far that a person should know of; `split`: see `ChildResult`. */
  alarm(split?: readonly string[]): RunAlarm | undefined;
  /** Without a sandbox that does this, nothing may be started. */
  readonly confinement: Confinement | undefined;
  /** Must be called, whatever happens. */
  end(outcome: RunOutcome): Promise<void>;
}

export interface HoldRequest extends Omit<LeaseRequest, "runs" | "canConfine" | "canStandIn"> {
  /** What `command` shows. */
  readonly runs: Command;
  /** The caller starts it as `confine` says; only then a policy that needs a sandbox grants the lease. */
  readonly canConfine?: boolean;
  readonly allowedRoots?: readonly string[];
  /** To be confined also where the policy doesn't ask for it. */
  readonly confinement?: Confinement;
}

/** Approval and values, in this order: folder, lease, folder again (a person takes minutes), environment, wipe. */
export async function holdLease(
  deps: RunDeps,
  request: HoldRequest,
  ask?: Ask,
  signal?: AbortSignal,
): Promise<HeldLease> {
  const { allowedRoots, confinement: wanted, runs: command, ...leaseRequest } = request;
  const cwd = requireFolder(request.cwd, allowedRoots);
  const folder = folderIdentity(cwd);
  const searchPath = pathOf(deps.parentEnv);
  const runs = { command, ...(searchPath === undefined ? {} : { searchPath }) };
  const surroundings = surroundingsOf(deps.parentEnv);
  const asked = { ...leaseRequest, cwd, runs, surroundings, canStandIn: true };
  const lease = await deps.access.lease(asked, ask, signal);
  try {
    if (signal?.aborted) throw new VaultError("cancelled", "The run was cancelled before it began. Run it again.");
    if (requireFolder(request.cwd, allowedRoots) !== cwd || folderIdentity(cwd) !== folder) {
      throw new VaultError("cwd-invalid", "The working folder was replaced during the approval. Run it again.");
    }
    const values = lease.secrets.filter(({ placeholder }) => placeholder === undefined);
    const inherited = inheritedCredentials(deps.parentEnv);
    const held = await deps.matchers.acquire(lease.fingerprint + digest(inherited), [...lease.secrets, ...inherited]);
    const env = childEnvironment(deps.parentEnv, [...values, held.matcher.canary]);
    const confinement = both(wanted, lease.confinement);
    const isSandboxed = confinement !== undefined && confinement.hosts !== "any";
    const run = { matcher: held.matcher, parentEnv: deps.parentEnv, isSandboxed };
    const standIns = await openStandIns(lease.secrets, run).catch((error: unknown) => {
      held.release();
      throw error;
    });
    const watch = new RunWatch(held.matcher, standIns.matcher);
    return {
      names: lease.secrets.map((secret) => secret.name),
      cwd,
      env: { ...env, ...standIns.env },
      marker: newRunMarker(deps.parentEnv.OV_RUN),
      matcher: watch.matcher,
      fileMatcher: watch.fileMatcher,
      alarm: (split) => watch.alarm(split),
      standIns,
      confinement,
      end: async (outcome) => {
        const stopped = standIns.wasStopped() ? ({ stopped: true } as const) : {};
        await standIns.close();
        held.release();
        const alarm = outcome.alarm ?? watch.alarm();
        const { pieces } = watch;
        await settle(deps.access, lease.id, {
          ...{ ...outcome, ...stopped },
          ...(alarm === undefined ? {} : { alarm }),
          ...(pieces.length === 0 ? {} : { pieces }),
        });
      },
    };
  } catch (error) {
    await settle(deps.access, lease.id, outcomeOfError(error));
    throw error;
  } finally {
    for (const { value } of lease.secrets) value.fill(0);
  }
}

/** Of a run that did not take place, or whose output is withheld. */
export function outcomeOfError(error: unknown): RunOutcome {
  return { exitCode: undefined, outcome: isVaultError(error, "cancelled") ? "cancelled" : "failed", redactions: 0 };
}

/**
 * The vault may have been locked, or its agent ended, while a long command ran. The lease itself is in the audit log;
 * a run that took place is not turned into an error.
 */
async function settle(access: RunDeps["access"], lease: string, outcome: RunOutcome): Promise<void> {
  try {
    await access.settle(lease, outcome);
  } catch (error) {
    if (!isVaultError(error)) throw error;
  }
}

/** As the child gets it: Windows says "Path". */
function pathOf(env: Environment): string | undefined {
  return env.PATH ?? Object.entries(env).find(([name]) => name.toUpperCase() === "PATH")?.[1];
}

function digest(values: readonly NamedValue[]): string {
  const hash = createHash("sha256");
  for (const { name, value } of values) hash.update(name).update("\0").update(value).update("\0");
  return values.length === 0 ? "" : `+${hash.digest("hex")}`;
}
