import type { RotationInfo } from "#core/run/rotation/rotation-step.ts";
import type { SecretInfo, VaultAccess } from "#core/run/vault-access.ts";
import { type Context, formatContext } from "#core/vault/context.ts";
import { dueInDays, isDue, rotationDueAt } from "#core/vault/rotation-due.ts";
import { isVaultError } from "#core/vault-error.ts";
import { formatTime } from "../print.ts";

/** What of a context needs a new value, and which rotations have not ended anywhere. */
export interface Needs {
  readonly exposed: readonly SecretInfo[];
  readonly due: readonly SecretInfo[];
  readonly rotations: readonly RotationInfo[];
}

export async function needsOf(access: VaultAccess, context: Context | undefined, now: number): Promise<Needs> {
  const secrets = context === undefined ? [] : await orNone(access.list(context));
  return {
    exposed: secrets.filter((secret) => secret.exposed !== undefined),
    due: secrets.filter((secret) => isDue(secret, now)),
    rotations: await orNone(access.rotations()),
  };
}

/** The stable fields of --json. */
export function needsAsJson({ exposed, due, rotations }: Needs): Record<string, unknown> {
  return {
    exposed: exposed.map(({ name }) => name),
    rotation_due: due.map(({ name }) => name),
    rotations: rotations.map(({ id, name, contexts, phase, began }) => ({
      ...{ id, name, contexts: contexts.map(formatContext), phase, began: new Date(began).toISOString() },
    })),
  };
}

/** "a new value is due in 3 days", for what is due or will be within two weeks. */
export function dueNote(secret: SecretInfo, now: number): string | undefined {
  const days = dueInDays(secret, now);
  if (days === undefined || days > SOON_DAYS) return undefined;
  if (isDue(secret, now)) return `rotation due since ${formatTime(rotationDueAt(secret)!).slice(0, 10)}`;
  return days === 0 ? "rotation due today" : `rotation due in ${days} day${days === 1 ? "" : "s"}`;
}

export function exposedNote({ exposed }: SecretInfo): string | undefined {
  return exposed && `EXPOSED since ${formatTime(exposed.since).slice(0, 10)} (${exposed.why})`;
}

/** What has never been fetched, or isn't there, is no reason to tell nothing of the rest. */
async function orNone<T>(found: Promise<readonly T[]>): Promise<readonly T[]> {
  try {
    return await found;
  } catch (error) {
    if (isVaultError(error, "context-not-found", "server-unreachable")) return [];
    throw error;
  }
}

const SOON_DAYS = 14;
