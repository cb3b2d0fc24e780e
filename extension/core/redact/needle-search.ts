import { CODE } from "./fold.ts";
import type { Hit } from "./gram-hit.ts";
import type { Needle, NeedleTable } from "./needles.ts";

/** Every needle that stands where it may. */
export function searchNeedles(table: NeedleTable, names: readonly string[], bytes: Uint8Array): Hit[] {
  const hits: Hit[] = [];
  scanNeedles(table, names, bytes, 0, bytes.length, 0, (needle, start, end) => {
    hits.push({ secret: needle.secret, start, end, run: needle.bytes.length, whole: true });
  });
  return hits;
}

/** Goes on from `row` over `from` to `to` and returns the row it ends in. A needle at the very end needs the byte after it. */
export function scanNeedles(
  table: NeedleTable,
  names: readonly string[],
  bytes: Uint8Array,
  from: number,
  to: number,
  row: number,
  found: (needle: Needle, start: number, end: number) => void,
): number {
  const { column, columns, next, ends, more, needles } = table;
  let at = row;
  for (let i = from; i < to; i++) {
    at = next[at + column[bytes[i]!]!]!;
    if (ends[at / columns] === -1) continue;
    for (let n = ends[at / columns]!; n !== -1; n = more[n]!) {
      const needle = needles[n]!;
      const start = i + 1 - needle.bytes.length;
      if (stands(needle, names[needle.secret]!, bytes, start, i + 1)) found(needle, start, i + 1);
    }
  }
  return at;
}

function stands(needle: Needle, name: string, bytes: Uint8Array, start: number, end: number): boolean {
  if (needle.where === "anywhere") return true;
  if (isJoined(needle.bytes[0]!, bytes[start - 1])) return false;
  if (isJoined(needle.bytes.at(-1)!, bytes[end])) return false;
  return needle.where === "token" || isAssigned(bytes, start, name);
}

function isJoined(inner: number, outer: number | undefined): boolean {
  return outer !== undefined && isWord(inner) && isWord(outer);
}

function isWord(byte: number): boolean {
  return CODE[byte] !== 0 || byte === 0x5f || byte >= 0x80;
}

/** How far back a name may stand. */
const REACH = 64;
const ASSIGNMENT =
  /(?:[A-Za-z_][\w.-]{0,60}["'\]]?\s{0,4}(?:=>|:=|=|:\s)|["']\s{0,4}:|--?[A-Za-z][\w-]{0,60}\s)\s{0,4}["'`]?$/;
const ELEMENT = /<[A-Za-z][\w:.-]{0,60}(?:\s[^<>]{0,60})?>$/;

function isAssigned(bytes: Uint8Array, start: number, name: string): boolean {
  const before = Buffer.from(bytes.subarray(Math.max(0, start - REACH), start)).toString("latin1");
  const line = before.slice(Math.max(before.lastIndexOf("\n"), before.lastIndexOf("\0")) + 1);
  if (ASSIGNMENT.test(line) || ELEMENT.test(line)) return true;
  const at = line.toLowerCase().lastIndexOf(name.toLowerCase());
  return at >= 0 && line.length - at - name.length <= 16;
}
