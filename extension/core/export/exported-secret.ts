import type { SecretDraft } from "../run/vault-access.ts";
import type { Context } from "../vault/context.ts";

/** A secret on its way out, with all that guards it. The value is the caller's to wipe. */
export interface ExportedSecret extends SecretDraft {
  readonly value: Uint8Array;
}

export interface ExportedEnvironment {
  readonly context: Context;
  readonly secrets: readonly ExportedSecret[];
}
