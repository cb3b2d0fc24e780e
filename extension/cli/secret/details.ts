import type { Command } from "commander";
import type { SecretDraft } from "#core/run/vault-access.ts";
import { VaultError } from "#core/vault-error.ts";

/** What is kept with a value, encrypted like it. */
export interface DetailOptions {
  readonly description?: string;
  readonly tag?: readonly string[];
  readonly rotateAfter?: string;
  readonly allowHost?: readonly string[];
  /** true = in the usual places; false = off. */
  readonly placeholder?: boolean | readonly string[];
  readonly canary?: true;
}

export function addDetailOptions(command: Command): Command {
  return command
    .option("-d, --description <text>", "what it is for")
    .option("-t, --tag <tag...>", "tags")
    .option("--rotate-after <days>", 'remind of a new value after so many days; "never" to stop')
    .option("--allow-host <host...>", "the only hosts that it is meant for, such as api.example.com; needs a terminal")
    .option(
      "--placeholder [place...]",
      "give programs a placeholder; the value goes to its hosts only, in these places, such as header:authorization",
    )
    .option("--no-placeholder", "give programs the value itself again; needs a terminal")
    .option("--canary", "make it a decoy, for good: every use of it is refused, recorded and shown");
}

export function detailsOf({
  description,
  tag,
  rotateAfter,
  allowHost,
  placeholder,
  canary,
}: DetailOptions): Omit<SecretDraft, "name" | "value"> {
  return {
    ...(description === undefined ? {} : { description }),
    ...(tag === undefined ? {} : { tags: tag }),
    ...(rotateAfter === undefined ? {} : { rotateAfterDays: daysOf(rotateAfter) }),
    ...(allowHost === undefined ? {} : { allowedHosts: allowHost }),
    ...(placeholder === undefined ? {} : { placeholder: placesOf(placeholder) }),
    ...(canary === undefined ? {} : { canary }),
  };
}

/** What may hand the value to more hosts or programs: the vault then asks for a person's password. */
export function mayWiden({ allowHost, placeholder }: DetailOptions): boolean {
  return allowHost !== undefined || placeholder === false || Array.isArray(placeholder);
}

function placesOf(placeholder: boolean | readonly string[]): readonly string[] | null {
  if (placeholder === false) return null;
  return placeholder === true ? [] : placeholder;
}

function daysOf(text: string): number | null {
  if (text === "never") return null;
  const days = Number(text);
  if (!Number.isInteger(days) || days < 1 || days > 3650) {
    throw new VaultError("argument-invalid", '--rotate-after takes 1 to 3650 days, or "never".');
  }
  return days;
}
