import { sha256 } from "../crypto/hash.ts";
import { keyBuffer } from "../crypto/wipe.ts";
import { VaultError } from "../vault-error.ts";

const DIGITS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"; // Crockford's base32: no I, L, O, U
const CODE_BYTES = 20;
const CODE_DIGITS = 32;
const CHECK_DIGITS = 4;
const GROUP = 6;

/** 160 bits and a 20-bit checksum as six groups of six: `7ZK3QX-…`. */
export function formatRecoveryCode(code: Uint8Array): string {
  const digits = toDigits(code) + checkDigits(code);
  return digits.match(new RegExp(`.{${GROUP}}`, "g"))!.join("-");
}

/** Takes any case, spaces and dashes, O for 0, and I or L for 1. Refuses a typing error by the checksum. */
export function parseRecoveryCode(text: string): Buffer {
  const digits = text.toUpperCase().replace(/[\s-]/g, "").replace(/O/g, "0").replace(/[IL]/g, "1");
  const wellFormed =
    digits.length === CODE_DIGITS + CHECK_DIGITS && [...digits].every((digit) => DIGITS.includes(digit));
  const code = wellFormed ? fromDigits(digits.slice(0, CODE_DIGITS)) : undefined;
  if (code === undefined || checkDigits(code) !== digits.slice(CODE_DIGITS)) {
    throw new VaultError(
      "wrong-password",
      "That is not a recovery code: it has six groups of six letters and digits, and one of them differs. Compare it with your printed copy.",
    );
  }
  return code;
}

function checkDigits(code: Uint8Array): string {
  return toDigits(sha256(Buffer.from("ov1/recovery-check"), code)).slice(0, CHECK_DIGITS);
}

function toDigits(bytes: Uint8Array): string {
  let digits = "";
  let bits = 0;
  let held = 0;
  for (const byte of bytes) {
    held = (held << 8) | byte;
    for (bits += 8; bits >= 5; bits -= 5) digits += DIGITS[(held >> (bits - 5)) & 31];
    held &= (1 << bits) - 1;
  }
  return digits;
}

function fromDigits(digits: string): Buffer {
  const bytes = keyBuffer(CODE_BYTES);
  let at = 0;
  let bits = 0;
  let held = 0;
  for (const digit of digits) {
    held = (held << 5) | DIGITS.indexOf(digit);
    bits += 5;
    if (bits >= 8) {
      bits -= 8;
      bytes[at++] = (held >> bits) & 255;
      held &= (1 << bits) - 1;
    }
  }
  return bytes;
}
