import { type Decoded, DecodedBuilder } from "../view.ts";

const MIN_PAIRS = 8;
/** Between a character and its code: "s=115", "'s': 115", "115 's'". */
const REACH = 4;
/** Between one pair and the next. */
const MAX_DISTANCE = 12;

interface Pair {
  readonly start: number;
  readonly end: number;
  readonly code: number;
}

/** The characters of a list that has each one's code beside it: "s=115 k=107". undefined = there is none. */
export function withoutCodes(bytes: Uint8Array): Decoded | undefined {
  const pairs = pairsIn(bytes);
  if (pairs.length < MIN_PAIRS) return undefined;
  const out = new DecodedBuilder(pairs.length * 2);
  let run: Pair[] = [];
  for (const [n, pair] of pairs.entries()) {
    run.push(pair);
    const next = pairs[n + 1];
    if (next !== undefined && next.start - pair.end <= MAX_DISTANCE) continue;
    if (run.length >= MIN_PAIRS) {
      if (out.length > 0) out.add(0x0a, run[0]!.start, run[0]!.start + 1);
      for (const { code, start, end } of run) out.add(code, start, end);
    }
    run = [];
  }
  return out.length === 0 ? undefined : out.done();
}

function pairsIn(bytes: Uint8Array): Pair[] {
  const pairs: Pair[] = [];
  let free = 0;
  for (let i = 0; i < bytes.length; i++) {
    if (!isDigit(bytes[i]) || isDigit(bytes[i - 1])) continue;
    let end = i;
    let code = 0;
    while (isDigit(bytes[end]) && end - i < 4) code = code * 10 + bytes[end++]! - 0x30;
    if (code > 255 || isDigit(bytes[end])) continue;
    const from = Math.max(free, i - REACH);
    let before = i - 2;
    while (before >= from && bytes[before] !== code) before--;
    let after = end + 1;
    while (after < end + REACH && bytes[after] !== code) after++;
    if (before < from && after >= Math.min(bytes.length, end + REACH)) continue;
    const pair = before < from ? { start: i, end: after + 1, code } : { start: before, end, code };
    pairs.push(pair);
    free = pair.end;
    i = pair.end - 1;
  }
  return pairs;
}

function isDigit(byte: number | undefined): boolean {
  return byte !== undefined && byte >= 0x30 && byte <= 0x39;
}
