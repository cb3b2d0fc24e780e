import { CODE } from "../fold.ts";
import { MAY_BE_TEXT, textRun } from "../printable.ts";
import { type Decoded, DecodedBuilder } from "../view.ts";

const FIRST = 0x21;
/** Those of printable ASCII beyond it are in no ascii85. */
export const LAST_BASE85 = 0x75;
/** Characters of a group. */
const GROUP = 5;
const MIN_TEXT = 14;

/** A run of so many characters of ascii85 may hold a value. */
export const MIN_BASE85 = 20;

/** 1 for the characters of ascii85. */
export const IS_BASE85: Uint8Array = Uint8Array.from({ length: 256 }, (_, byte) => (isDigit(byte) ? 1 : 0));

/** What long runs of ascii85 say. A value's own ascii85 is found by its skeleton; this is for one encoded before. */
export function decodeBase85(bytes: Uint8Array): Decoded[] {
  const views: Decoded[] = [];
  for (let i = 0; i < bytes.length; i++) {
    if (!isDigit(bytes[i])) continue;
    const start = i;
    while (isDigit(bytes[i])) i++;
    if (i - start < MIN_BASE85 || !isMixed(bytes, start, i)) continue;
    for (let phase = 0; phase < GROUP; phase++) {
      if (saysFrom(bytes, start + phase, i)) views.push(decode(bytes, start + phase, i));
    }
  }
  return views;
}

/** Whether some of the characters between `start` and `end` make printable text. */
export function saysBase85(bytes: Uint8Array, start: number, end: number): boolean {
  if (!isMixed(bytes, start, end)) return false;
  for (let phase = 0; phase < GROUP; phase++) if (saysFrom(bytes, start + phase, end)) return true;
  return false;
}

/** Whether it has a sign that times, paths, URLs and numbers hardly have, or any sign and letters of both cases. */
function isMixed(bytes: Uint8Array, start: number, end: number): boolean {
  let kinds = 0;
  for (let i = start; i < end; i++) kinds |= KINDS[bytes[i]!]!;
  return kinds >= RARE || kinds === (UPPER | LOWER | SIGN);
}

const UPPER = 1;
const LOWER = 2;
const SIGN = 4;
const RARE = 8;
const KINDS = Uint8Array.from({ length: 256 }, (_, byte) => {
  if ("!#$'()*+;<>@\\^`".includes(String.fromCharCode(byte))) return RARE;
  if (CODE[byte] === 0) return SIGN;
  return byte < 0x41 ? 0 : byte < 0x61 ? UPPER : LOWER;
});

/** The same for groups from `start` on. So much text has two groups in a row, so every second one is tried. */
function saysFrom(bytes: Uint8Array, start: number, end: number): boolean {
  for (let i = start + GROUP; i + GROUP <= end; i += 2 * GROUP) {
    if (!isText(bytes, i)) continue;
    let first = i;
    while (first - GROUP >= start && isText(bytes, first - GROUP)) first -= GROUP;
    let last = i + GROUP;
    while (last + GROUP <= end && isText(bytes, last)) last += GROUP;
    if (last - first < 2 * GROUP) continue;
    // The text begins and ends in the groups beside.
    if (saysText(bytes, Math.max(start, first - GROUP), Math.min(end - GROUP, last))) return true;
  }
  return false;
}

function saysText(bytes: Uint8Array, first: number, last: number): boolean {
  let text = 0;
  for (let i = first; i <= last; i += GROUP) {
    const group = groupAt(bytes, i);
    for (let shift = 24; shift >= 0; shift -= 8) {
      text = group < 0 ? 0 : textRun(text, (group >>> shift) & 0xff);
      if (text >= MIN_TEXT * 4) return true;
    }
  }
  return false;
}

/** Whether the four bytes of a group may stand in text. */
function isText(bytes: Uint8Array, at: number): boolean {
  if (!beginsText(bytes, at)) return false;
  const group = groupAt(bytes, at);
  return (
    group >= 0 &&
    (MAY_BE_TEXT[group >>> 24]! &
      MAY_BE_TEXT[(group >>> 16) & 0xff]! &
      MAY_BE_TEXT[(group >>> 8) & 0xff]! &
      MAY_BE_TEXT[group & 0xff]!) ===
      1
  );
}

/** Whether the first two characters of a group leave text possible: they rule out most groups of anything else. */
function beginsText(bytes: Uint8Array, at: number): boolean {
  return BEGINS_TEXT[(bytes[at]! - FIRST) * 85 + bytes[at + 1]! - FIRST] === 1;
}

const BEGINS_TEXT = Uint8Array.from({ length: 85 * 85 }, (_, digits) => {
  const least = Math.floor((digits * 85 ** 3) / 2 ** 16);
  const most = Math.min(0xffff, Math.floor(((digits + 1) * 85 ** 3 - 1) / 2 ** 16));
  for (let two = least; two <= most; two++) {
    if (MAY_BE_TEXT[two >>> 8] === 1 && MAY_BE_TEXT[two & 0xff] === 1) return 1;
  }
  return 0;
});

/** -1 = no group of ascii85. */
function groupAt(bytes: ArrayLike<number>, at: number): number {
  const group =
    (((bytes[at]! * 85 + bytes[at + 1]!) * 85 + bytes[at + 2]!) * 85 + bytes[at + 3]!) * 85 + bytes[at + 4]! - OFFSET;
  return group > 0xffffffff ? -1 : group;
}

const OFFSET = FIRST * (85 ** 4 + 85 ** 3 + 85 ** 2 + 85 + 1);

const MISSING = Array.from({ length: 4 }, () => LAST_BASE85);

function decode(bytes: Uint8Array, start: number, end: number): Decoded {
  const out = new DecodedBuilder(end - start);
  for (let i = start; i < end; i += 5) {
    const rest = Math.min(5, end - i);
    // A last group of n characters stands for n - 1 bytes, as if the missing ones were the last of the alphabet.
    const group = rest === 5 ? groupAt(bytes, i) : groupAt([...bytes.subarray(i, end), ...MISSING], 0);
    for (let k = 0; k < rest - 1; k++) {
      out.add(group < 0 ? 0xff : Math.floor(group / 2 ** (24 - 8 * k)) & 0xff, i, Math.min(end, i + 5));
    }
  }
  return out.done();
}

function isDigit(byte: number | undefined): boolean {
  return byte !== undefined && byte >= FIRST && byte <= LAST_BASE85;
}
