import type { Id } from "../../store/store.ts";
import type { Context, SecretName } from "../../vault/context.ts";
import type { RotationPhase, RotationProvider } from "../../vault/rotation-item.ts";

/** A rotation that was begun and has not ended, without its values. */
export interface RotationInfo {
  readonly id: string;
  readonly name: SecretName;
  /** The first of its environments, which keeps it. */
  readonly home: Context;
  /** All that held the same value, and get the same new one. */
  readonly contexts: readonly Context[];
  readonly phase: RotationPhase;
  /** ms since 1970 */
  readonly began: number;
  readonly provider?: RotationProvider;
}

export interface RotationPlace {
  readonly home: Context;
  readonly id: string;
}

/**
 * begin: under an id that the caller has made and claimed; of the environments, those whose value is that of the first; the caller begins again with the others. With
 *   more than one it takes the master password, since it shows which values are equal.
 * made: keeps the new value, sealed, before anything else holds it.
 * store: every environment gets it, or `vault-conflict` where somebody else has stored another one meanwhile.
 * discard: gives the new value up, and takes it out of every environment again.
 * end: forgets it: the old value, or after discard the new one, is valid nowhere any more.
 */
export type RotationStep =
  | {
      readonly kind: "begin";
      readonly id: Id;
      readonly name: SecretName;
      readonly contexts: readonly Context[];
      readonly provider?: RotationProvider;
      readonly password?: Uint8Array;
    }
  | ({ readonly kind: "made"; readonly value: Uint8Array } & RotationPlace)
  | ({ readonly kind: "store" | "discard" | "end" } & RotationPlace);
