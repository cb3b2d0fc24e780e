import { VaultError } from "../vault-error.ts";
import { type Argon2Cost, argon2id } from "./argon2.ts";
import { sha256 } from "./hash.ts";
import { pae } from "./pae.ts";
import { keyBuffer, unpooled, wipe } from "./wipe.ts";

/** The number of a row of KDF_PROFILES. What is stored names a row, and never a parameter. */
export type KdfProfile = 1 | 2;

/** Compiled in, so that no store or server can ask for less. 2 is the second recommendation of RFC 9106 §4. */
export const KDF_PROFILES = {
  1: { t: 1, mKiB: 64 * 1024, p: 4 },
  2: { t: 3, mKiB: 64 * 1024, p: 4 },
} as const satisfies Record<KdfProfile, Argon2Cost>;

/** undefined = a profile of a later version, or damage: never to be guessed around. */
export function asKdfProfile(n: number): KdfProfile | undefined {
  return n === 1 || n === 2 ? n : undefined;
}

/**
 * KEK, the 32-byte key of a master password, from its UTF-8 in any Unicode form. The salt is bound to the account, so
 * that one account's salt is of no use for another. Takes 50 to 500 ms without blocking the event loop. The caller
 * wipes `password` and the key. Refuses with `argument-invalid` what is empty or no UTF-8.
 */
export async function passphraseKey(
  password: Uint8Array,
  accountId: Uint8Array,
  salt16: Uint8Array,
  profile: KdfProfile,
): Promise<Buffer> {
  if (accountId.length !== 16 || salt16.length !== 16) throw new RangeError("An account id and a salt have 16 bytes.");
  const normalized = nfkc(password);
  try {
    return await argon2id(normalized, sha256(pae("ov1/salt", accountId, salt16)), KDF_PROFILES[profile]);
  } finally {
    wipe(normalized);
  }
}

/**
 * Keyboards and systems write the same password as different code points; NFKC makes them one. ASCII is its own NFKC,
 * so the usual password never becomes a JavaScript string, which nothing can wipe.
 */
function nfkc(password: Uint8Array): Buffer {
  if (password.length === 0)
    throw new VaultError("argument-invalid", "The password is empty. Type at least one character.");
  if (password.every((byte) => byte < 0x80)) return unpooled(password);
  const text = decode(password).normalize("NFKC");
  const normalized = keyBuffer(Buffer.byteLength(text));
  normalized.write(text);
  return normalized;
}

/** Strict: a replacement character in place of bad bytes would make different passwords one. A BOM is kept likewise. */
function decode(password: Uint8Array): string {
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(password);
  } catch {
    // No cause: the error is not known to be free of the password's bytes.
    throw new VaultError(
      "argument-invalid",
      "The password is not UTF-8 text. Type it again, or save its file as UTF-8.",
    );
  }
}
