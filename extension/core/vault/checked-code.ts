import { sha256 } from "../crypto/hash.ts";
import { wipe } from "../crypto/wipe.ts";
import { VaultError } from "../vault-error.ts";

/** A text to hand over, such as `ovi1_…`: base64url of the bytes and four more, which tell a typing error. */
export function formatChecked(prefix: string, bytes: Uint8Array): string {
  const whole = Buffer.concat([bytes, checkBytes(prefix, bytes)]);
  const text = prefix + whole.toString("base64url");
  wipe(whole);
  return text;
}

/** The bytes again, to be wiped. Spaces and line breaks of a mail program are dropped. `what` completes "That is no …". */
export function parseChecked(prefix: string, text: string, what: string): Buffer {
  const typed = text.replace(/\s/g, "");
  if (!typed.startsWith(prefix)) {
    throw new VaultError(
      "argument-invalid",
      `That is no ${what}: it has to begin with ${prefix}. Copy the whole of it.`,
    );
  }
  const digits = typed.slice(prefix.length);
  const whole = Buffer.from(digits, "base64url");
  const bytes = whole.subarray(0, Math.max(0, whole.length - CHECK_BYTES));
  // Node skips what is no base64url, and takes bits that don't count: only the one text is right.
  const isWhole = whole.toString("base64url") === digits && whole.length > CHECK_BYTES;
  if (isWhole && checkBytes(prefix, bytes).equals(whole.subarray(bytes.length))) return bytes;
  wipe(whole);
  throw new VaultError(
    "argument-invalid",
    `That ${what} has a typing error, or a part of it is missing: its checksum differs. Copy the whole of it, from ${prefix} on.`,
  );
}

const CHECK_BYTES = 4;

function checkBytes(prefix: string, bytes: Uint8Array): Buffer {
  return sha256(Buffer.from(`${prefix}check`), bytes).subarray(0, CHECK_BYTES);
}
