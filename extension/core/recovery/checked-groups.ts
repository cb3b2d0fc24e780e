import { sha256 } from "../crypto/hash.ts";
import { keyBuffer } from "../crypto/wipe.ts";

/**
 * Bytes as groups of six letters and digits that a person copies from paper, with a 20-bit checksum at the end. The
 * number of bytes is a multiple of five, so that no digit is half used; with the checksum the groups come out whole.
 */
export function formatGroups(bytes: Uint8Array, label: string): string {
  const digits = toDigits(bytes) + checkDigits(bytes, label);
  return digits.match(new RegExp(`.{1,${GROUP}}`, "g"))!.join("-");
}

export type TypedGroups =
  | { readonly kind: "right"; readonly bytes: Buffer }
  /** `group` is the one (1, 2, …) that a mistake can be told of. */
  | { readonly kind: "wrong"; readonly group: number | undefined };

/** Takes any case, spaces and dashes, O for 0, and I or L for 1. A typing error is found by the checksum, and never tried. */
export function parseGroups(text: string, length: number, label: string): TypedGroups {
  const digits = digitsOf(text);
  const count = digitCount(length) + CHECK_DIGITS;
  if (digits.length !== count || ![...digits].every(isDigit)) {
    return { kind: "wrong", group: misshapenGroup(text, count / GROUP) };
  }
  const bytes = checked(digits, label);
  return bytes === undefined ? { kind: "wrong", group: mistypedGroup(digits, label) } : { kind: "right", bytes };
}

/** How many digits a text has once spaces and dashes are gone: what it may be. */
export function digitsOf(text: string): string {
  return text.toUpperCase().replace(/[\s-]/g, "").replace(/O/g, "0").replace(/[IL]/g, "1");
}

/** A group that is too short, too long, or holds what is no digit here; where the text is written in groups. */
function misshapenGroup(text: string, groups: number): number | undefined {
  const parts = text.trim().split(/[\s-]+/);
  if (parts.length !== groups) return undefined;
  const wrong = parts.flatMap((part, at) => {
    const digits = digitsOf(part);
    return digits.length === GROUP && [...digits].every(isDigit) ? [] : [at + 1];
  });
  return wrong.length === 1 ? wrong[0] : undefined;
}

/**
 * The group that one wrong digit, or two that changed places, would explain. Of 2^20 checksums one fits by chance, and
 * about a thousand such mistakes are possible, so what fits in one group only is nearly always the mistake.
 */
function mistypedGroup(digits: string, label: string): number | undefined {
  const groups = new Set<number>();
  const consider = (changed: string, at: number): void => {
    const bytes = checked(changed, label);
    if (bytes === undefined) return;
    bytes.fill(0);
    groups.add(Math.floor(at / GROUP) + 1);
  };
  for (let at = 0; at < digits.length; at++) {
    for (const digit of DIGITS) {
      if (digit !== digits[at]) consider(digits.slice(0, at) + digit + digits.slice(at + 1), at);
    }
    const [first, second] = [digits[at], digits[at + 1]];
    if (second !== undefined && first !== second) {
      consider(digits.slice(0, at) + second + first + digits.slice(at + 2), at);
    }
  }
  return groups.size === 1 ? [...groups][0] : undefined;
}

function checked(digits: string, label: string): Buffer | undefined {
  const bytes = fromDigits(digits.slice(0, -CHECK_DIGITS));
  if (checkDigits(bytes, label) === digits.slice(-CHECK_DIGITS)) return bytes;
  bytes.fill(0);
  return undefined;
}

function checkDigits(bytes: Uint8Array, label: string): string {
  return toDigits(sha256(Buffer.from(label), bytes)).slice(0, CHECK_DIGITS);
}

function digitCount(length: number): number {
  return (length * 8) / 5;
}

function isDigit(digit: string): boolean {
  return DIGITS.includes(digit);
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
  const bytes = keyBuffer((digits.length * 5) / 8);
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

const DIGITS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"; // Crockford's base32: no I, L, O, U
const CHECK_DIGITS = 4;
const GROUP = 6;
