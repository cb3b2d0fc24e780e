import { CODE } from "../fold.ts";
import { textRun } from "../printable.ts";
import { type Decoded, DecodedBuilder } from "../view.ts";

const FIRST = 0x21;
const LAST = 0x75;
const MIN_RUN = 20;
const MIN_TEXT = 14;

/** What long runs of ascii85 say. A value's own ascii85 is found by its skeleton; this is for one encoded before. */
export function decodeBase85(bytes: Uint8Array): Decoded[] {
  const views: Decoded[] = [];
  for (let i = 0; i < bytes.length; i++) {
    if (!isDigit(bytes[i])) continue;
    const start = i;
    while (isDigit(bytes[i])) i++;
    if (i - start < MIN_RUN || !isVaried(bytes, start, i)) continue;
    for (let phase = 0; phase < 5; phase++) {
      if (saysBase85(bytes, start + phase, i)) views.push(decode(bytes, start + phase, i));
    }
  }
  return views;
}

/** So many kinds of signs are in any ascii85; a path, a time or a number has fewer. */
const MIN_SIGNS = 3;

/** Whether the characters between `start` and `end` have enough kinds of signs among them. */
export function isVaried(bytes: Uint8Array, start: number, end: number): boolean {
  let low = 0;
  let high = 0;
  for (let i = start; i < end; i++) {
    const byte = bytes[i]!;
    if (CODE[byte] !== 0) continue;
    if (byte < 0x40) low |= 1 << (byte & 31);
    else high |= 1 << (byte & 31);
  }
  return bitCount(low) + bitCount(high) >= MIN_SIGNS;
}

function bitCount(bits: number): number {
  let count = 0;
  for (let rest = bits; rest !== 0; rest &= rest - 1) count++;
  return count;
}

/** Whether the characters from `start` on make printable text. */
export function saysBase85(bytes: Uint8Array, start: number, end: number): boolean {
  let text = 0;
  for (let i = start; i + 5 <= end; i += 5) {
    if (FIRST_OF_TEXT[bytes[i]!] === 0) {
      text = 0;
      continue;
    }
    const group = groupAt(bytes, i);
    for (let shift = 24; shift >= 0; shift -= 8) {
      text = group < 0 ? 0 : textRun(text, Math.floor(group / 2 ** shift) & 0xff);
      if (text >= MIN_TEXT * 4) return true;
    }
  }
  return false;
}

/** A run of so many characters of ascii85 may hold a value. */
export const MIN_BASE85 = MIN_RUN;

/** 1 for the characters of ascii85. */
export const IS_BASE85: Uint8Array = Uint8Array.from({ length: 256 }, (_, byte) => (isDigit(byte) ? 1 : 0));

/** -1 = no group of ascii85. */
function groupAt(bytes: ArrayLike<number>, at: number): number {
  const group =
    (((bytes[at]! * 85 + bytes[at + 1]!) * 85 + bytes[at + 2]!) * 85 + bytes[at + 3]!) * 85 + bytes[at + 4]! - OFFSET;
  return group > 0xffffffff ? -1 : group;
}

/** 1 where a group may begin with a byte of text. */
const FIRST_OF_TEXT = Uint8Array.from({ length: 256 }, (_, digit) => {
  const least = Math.floor(((digit - FIRST) * 85 ** 4) / 2 ** 24);
  const most = Math.floor(((digit - FIRST + 1) * 85 ** 4 - 1) / 2 ** 24);
  for (let byte = least; byte <= most; byte++)
    if (isDigit(digit) && textRun(4 | 3, byte) + textRun(4, byte) > 0) return 1;
  return 0;
});

const OFFSET = FIRST * (85 ** 4 + 85 ** 3 + 85 ** 2 + 85 + 1);

function decode(bytes: Uint8Array, start: number, end: number): Decoded {
  const out = new DecodedBuilder(end - start);
  for (let i = start; i < end; i += 5) {
    const rest = Math.min(5, end - i);
    // A last group of n characters stands for n - 1 bytes, as if the missing ones were the last of the alphabet.
    const group = rest === 5 ? groupAt(bytes, i) : groupAt([...bytes.subarray(i, end), LAST, LAST, LAST, LAST], 0);
    for (let k = 0; k < rest - 1; k++) {
      out.add(group < 0 ? 0xff : Math.floor(group / 2 ** (24 - 8 * k)) & 0xff, i, Math.min(end, i + 5));
    }
  }
  return out.done();
}

function isDigit(byte: number | undefined): boolean {
  return byte !== undefined && byte >= FIRST && byte <= LAST;
}
