import type { LeftOut } from "#core/import/found-secret.ts";
import type { SecretDraft } from "#core/run/vault-access.ts";
import type { Context } from "#core/vault/context.ts";

/** What an import would write, place by place. */
export interface Incoming {
  readonly places: readonly IncomingPlace[];
  readonly left: readonly LeftOut[];
  readonly notes: readonly string[];
}

export interface IncomingPlace {
  readonly context: Context;
  /** What the file calls the place, where it names one. */
  readonly group?: string;
  readonly drafts: readonly IncomingSecret[];
}

export interface IncomingSecret extends SecretDraft {
  readonly value: Uint8Array;
  /** Its name in the file. */
  readonly from: string;
}
