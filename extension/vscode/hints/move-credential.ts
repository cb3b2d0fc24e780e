import type { WrittenSecret } from "#core/run/vault-access.ts";
import type { Context, SecretName } from "#core/vault/context.ts";
import type { Edit, Replacement } from "./replace-credential.ts";

export interface Place {
  readonly context: Context;
  readonly name: SecretName;
}

export interface MoveSteps {
  /** Asks where it goes; undefined = the person gave up. */
  readonly ask: () => Promise<Place | undefined>;
  /** Whether the document is still the one that was read. */
  readonly isUnchanged: () => boolean;
  /** Stores the value, or refuses. The vault reads it back and compares before this resolves. */
  readonly store: (place: Place) => Promise<WrittenSecret | undefined>;
  readonly replacement: (name: SecretName) => Replacement;
  /** All edits as one; false = the document changed meanwhile. */
  readonly apply: (edits: readonly Edit[]) => Promise<boolean>;
}

export type MoveOutcome =
  | { readonly kind: "cancelled" }
  | { readonly kind: "changed" }
  | { readonly kind: "moved"; readonly place: Place; readonly written: WrittenSecret }
  /** Stored, and the text is as it was: the person writes this instead, where the language is known. */
  | {
      readonly kind: "stored";
      readonly place: Place;
      readonly written: WrittenSecret;
      readonly write: string | undefined;
    };

/** The text changes only once the vault holds the value; whatever fails or is cancelled before that changes nothing. */
export async function moveCredential(steps: MoveSteps): Promise<MoveOutcome> {
  const place = await steps.ask();
  if (place === undefined) return { kind: "cancelled" };
  if (!steps.isUnchanged()) return { kind: "changed" };
  const written = await steps.store(place);
  if (written === undefined) return { kind: "cancelled" };
  const replacement = steps.replacement(place.name);
  if (replacement.kind === "edits" && (await steps.apply(replacement.edits))) return { kind: "moved", place, written };
  // Not the edit itself: the rest of its string may hold another value.
  return { kind: "stored", place, written, write: replacement.write };
}
