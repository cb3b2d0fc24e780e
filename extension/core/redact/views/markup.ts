import { type Decoded, without } from "../view.ts";

/** A longer one holds more than the name of a highlight. */
export const LONGEST_TAG = 64;

/** The text without its tags: "sk_live_<em>51H</em>xYz". undefined = there are none. */
export function withoutTags(bytes: Uint8Array): Decoded | undefined {
  return without(bytes, 0x3c, tagEnd);
}

function tagEnd(bytes: Uint8Array, at: number): number {
  if (at + 1 >= bytes.length || !startsTag(bytes[at + 1]!)) return 0;
  for (let i = at + 2; i < bytes.length && i - at < LONGEST_TAG; i++) {
    if (bytes[i] === 0x3c || bytes[i] === 0x0a) return 0;
    if (bytes[i] === 0x3e) return i + 1;
  }
  return 0;
}

/** A letter or a slash. */
export function startsTag(byte: number): boolean {
  const lower = byte | 0x20;
  return byte === 0x2f || (lower >= 0x61 && lower <= 0x7a);
}

const MIN_SINGLES = 4;

/** Whether the tags before `at` have hardly more than a character between them: "<b>s</b><b>k</b>". */
export function hasSinglesBefore(bytes: Uint8Array, at: number): boolean {
  let i = at;
  for (let singles = 0; singles < MIN_SINGLES; ) {
    if (bytes[i - 1] === 0x3e) {
      const end = i;
      while (i > 0 && end - i < LONGEST_TAG && bytes[i - 1] !== 0x3c) i--;
      if (i === 0 || end - i >= LONGEST_TAG) return false;
      i--;
    } else if (i > 1 && bytes[i - 2] === 0x3e) {
      singles++;
      i--;
    } else return false;
  }
  return true;
}
