import { VaultError } from "../vault-error.ts";

/** What a file of another program holds, as it calls it. The values are the caller's to wipe. */
export interface Found {
  readonly secrets: readonly FoundSecret[];
  readonly left: readonly LeftOut[];
  /** What a person should know before they say yes, as sentences. Without values. */
  readonly notes: readonly ImportNote[];
}

export interface FoundSecret {
  /** Where in the file, such as "Stripe / password"; to be shown. */
  readonly from: string;
  /** What the name of the secret is made of, see `name-secrets.ts`. */
  readonly wanted: string;
  readonly value: Buffer;
  /** A comment of the file. Agents can read descriptions, so the person is asked whether to take it. */
  readonly description?: string;
  readonly tags?: readonly string[];
  /** The environment, folder, project or vault that the file names. */
  readonly group?: string;
}

/** Complete, as LeftReason is. */
export type ImportNote =
  | `${string} stands in the file more than once; the last one counts, as for programs.`
  | `The file is of Doppler's ${string}.`
  | "AWS has more: the answer has a NextToken. Get the next page, and import it too.";

/** What is not taken, and why. */
export interface LeftOut {
  readonly from: string;
  readonly reason: LeftReason;
}

/** Complete, so that each edge can tell it in its own language. */
export type LeftReason =
  | FixedReason
  | `longer than ${number} bytes`
  | `not the current version (${string})`
  | `AWS didn't give it (${string})`;

export type FixedReason =
  | "as you asked"
  | "empty"
  | "empty, or a link to another field"
  | "nested: it holds a list, and no single value"
  | "nested: it holds an object, and no single value"
  | "nested, or a reference: it holds no single value"
  | "programs load code or look for files through it, or it is no name"
  | "a note"
  | "a card"
  | "an identity"
  | "a one-time password, which a program has no use for"
  | "a file, which op doesn't print"
  | "in Bitwarden's trash"
  | "Doppler's own, no secret"
  | "a personal value of the file overrides it"
  | "another entry of this name is taken";

/** The format of one program: refuses with `value-invalid` what is none of it. */
export type Read = (bytes: Uint8Array) => Found;

/** `problem` completes "This …", and quotes no value. */
export function badFile(problem: string): VaultError {
  return new VaultError("value-invalid", `This ${problem} Nothing was imported.`);
}
