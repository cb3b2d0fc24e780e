import { isWeak } from "#core/redact/weak.ts";
import type { SecretInfo } from "#core/run/vault-access.ts";
import type { SecretName } from "#core/vault/context.ts";

/**
 * What an import would do to a name. "exists": whether the value is another one isn't known, since nobody gave the
 * master password to compare.
 */
export type ImportState = "new" | "changed" | "same" | "exists" | "decoy";

/** A line of the preview. It holds no value. */
export interface ImportRow {
  readonly name: SecretName;
  readonly state: ImportState;
  readonly weak: boolean;
}

/** `same`: names whose stored value was compared, and whether it is the one of the file. */
export function planImport(
  entries: readonly { readonly name: SecretName; readonly value: Uint8Array }[],
  known: readonly SecretInfo[],
  same: ReadonlyMap<SecretName, boolean>,
): readonly ImportRow[] {
  const infos = new Map(known.map((info) => [info.name, info]));
  return entries.map(({ name, value }) => ({
    name,
    state: stateOf(infos.get(name), same.get(name)),
    weak: isWeak(value),
  }));
}

/** What is in the file only by mistake or already stored is not worth a new version. */
export function isWorthImporting({ state }: ImportRow): boolean {
  return state !== "same" && state !== "decoy";
}

/** The names whose stored value an import of these would replace. */
export function replacedBy(rows: readonly ImportRow[]): readonly SecretName[] {
  return rows.filter(({ state }) => state !== "new").map(({ name }) => name);
}

function stateOf(info: SecretInfo | undefined, isSame: boolean | undefined): ImportState {
  if (info === undefined) return "new";
  if (info.canary) return "decoy";
  if (isSame === undefined) return "exists";
  return isSame ? "same" : "changed";
}
