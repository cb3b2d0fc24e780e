import { VaultError } from "../vault-error.ts";

/** What a file of another program holds, as it calls it. The values are the caller's to wipe. */
export interface Found {
  readonly secrets: readonly FoundSecret[];
  readonly left: readonly LeftOut[];
  /** What a person should know before they say yes, as sentences. Without values. */
  readonly notes: readonly string[];
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

/** What is not taken, and why. */
export interface LeftOut {
  readonly from: string;
  readonly reason: string;
}

/** The format of one program: refuses with `value-invalid` what is none of it. */
export type Read = (bytes: Uint8Array) => Found;

/** `problem` completes "This …", and quotes no value. */
export function badFile(problem: string): VaultError {
  return new VaultError("value-invalid", `This ${problem} Nothing was imported.`);
}
