import type { Command } from "commander";
import type { SecretDraft } from "#core/run/vault-access.ts";
import { VaultError } from "#core/vault-error.ts";

/** What is kept with a value, encrypted like it. */
export interface DetailOptions {
  readonly description?: string;
  readonly tag?: readonly string[];
  readonly rotateAfter?: string;
  readonly allowHost?: readonly string[];
  readonly canary?: true;
}

export function addDetailOptions(command: Command): Command {
  return command
    .option("-d, --description <text>", "what it is for")
    .option("-t, --tag <tag...>", "tags")
    .option("--rotate-after <days>", 'remind of a new value after so many days; "never" to stop')
    .option("--allow-host <host...>", "the hosts that it is meant for")
    .option("--canary", "make it a decoy, for good: every use of it is refused, recorded and shown");
}

export function detailsOf({
  description,
  tag,
  rotateAfter,
  allowHost,
  canary,
}: DetailOptions): Omit<SecretDraft, "name" | "value"> {
  return {
    ...(description === undefined ? {} : { description }),
    ...(tag === undefined ? {} : { tags: tag }),
    ...(rotateAfter === undefined ? {} : { rotateAfterDays: daysOf(rotateAfter) }),
    ...(allowHost === undefined ? {} : { allowedHosts: allowHost }),
    ...(canary === undefined ? {} : { canary }),
  };
}

function daysOf(text: string): number | null {
  if (text === "never") return null;
  const days = Number(text);
  if (!Number.isInteger(days) || days < 1 || days > 3650) {
    throw new VaultError("argument-invalid", '--rotate-after takes 1 to 3650 days, or "never".');
  }
  return days;
}
