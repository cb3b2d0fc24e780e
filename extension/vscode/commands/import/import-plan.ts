import type { IncomingPlace, IncomingSecret } from "#core/import/incoming.ts";
import { isWeak } from "#core/redact/weak.ts";
import type { SecretInfo } from "#core/run/vault-access.ts";
import type { Context, SecretName } from "#core/vault/context.ts";

/**
 * What an import would do to a name. "exists": whether the value is another one isn't known, since nobody gave the
 * master password to compare.
 */
export type ImportState = "new" | "changed" | "same" | "exists" | "decoy";

/** A line of the preview. It holds no value. */
export interface ImportRow {
  readonly context: Context;
  /** What the file calls its place, where it names one. */
  readonly group?: string;
  readonly name: SecretName;
  /** Its name in the file. */
  readonly from: string;
  readonly bytes: number;
  readonly isDecoy: boolean;
  readonly state: ImportState;
  readonly weak: boolean;
}

/** A row for each secret of a place, in its order. `same`: those that were compared, and whether they are stored already. */
export function planImport(
  { context, group, drafts }: IncomingPlace,
  known: readonly SecretInfo[],
  same: ReadonlyMap<IncomingSecret, boolean>,
): readonly ImportRow[] {
  const infos = new Map(known.map((info) => [info.name, info]));
  return drafts.map((secret) => {
    const { name, from, value, canary = false } = secret;
    return {
      ...{ context, name, from, bytes: value.length, isDecoy: canary },
      ...(group === undefined ? {} : { group }),
      state: stateOf(infos.get(name), same.get(secret)),
      weak: isWeak(value),
    };
  });
}

/** What is in the file only by mistake or already stored is not worth a new version. */
export function isWorthImporting({ state }: ImportRow): boolean {
  return state !== "same" && state !== "decoy";
}

/** Those whose stored value an import of them would replace. */
export function replacedBy(rows: readonly ImportRow[]): readonly ImportRow[] {
  return rows.filter(({ state }) => state !== "new");
}

function stateOf(info: SecretInfo | undefined, isSame: boolean | undefined): ImportState {
  if (info === undefined) return "new";
  if (info.canary) return "decoy";
  if (isSame === undefined) return "exists";
  return isSame ? "same" : "changed";
}
