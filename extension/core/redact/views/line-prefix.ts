import { codeStart } from "../line-differences.ts";
import { isAlike, isBlank, LONGEST_PIECE, MAX_PREFIX, sharedWords } from "../lines.ts";
import { type Decoded, DecodedBuilder } from "../view.ts";

const MIN_LINES = 3;
/** A line with its prefix is looked for among so many lines before it. */
const NEAR = 12;
/** Of the beginnings that lines share, so many are tried. */
const MAX_PREFIXES = 2;

/**
 * Text that a program printed in pieces, each behind the same words and numbers of the same width: "app[1]: s3cr",
 * "app[1]: t-va". Without the prefixes and the line breaks before all but the first.
 */
export function withoutPrefixes(bytes: Uint8Array): Decoded[] {
  const starts = lineStarts(bytes);
  if (starts.length < MIN_LINES) return [];
  return sharedPrefixes(bytes, starts).map((prefix) => joined(bytes, starts, prefix));
}

function lineStarts(bytes: Uint8Array): number[] {
  const starts = [0];
  for (let at = bytes.indexOf(0x0a); at !== -1; at = bytes.indexOf(0x0a, at + 1)) starts.push(at + 1);
  return starts;
}

/**
 * The most frequent beginnings, each as where a line with it starts and how long it is; of those that are as frequent the
 * longest.
 */
function sharedPrefixes(bytes: Uint8Array, starts: readonly number[]): (readonly [start: number, length: number])[] {
  const prefixes: Prefix[] = [];
  const byHash = new Map<number, Prefix[]>();
  for (let n = 1; n < starts.length; n++) {
    if (!hasWords(bytes, starts[n]!)) continue;
    const whole = lineLength(bytes, starts, n);
    let isNearest = true;
    for (let k = n - 1; k >= Math.max(0, n - NEAR); k--) {
      const isAsLong = lineLength(bytes, starts, k) === whole;
      if (!isAsLong && !isNearest) continue;
      const words = sharedWords(bytes, starts[k]!, starts[n]!, whole);
      if (words === 0) continue;
      // Digits that both lines have may be of pieces too.
      const shared = codeStart(bytes, starts[n]!, words, whole) ?? words;
      const distance = starts[n]! - starts[k]!;
      let counted = false;
      for (const length of wordEnds(bytes, starts[n]!, shared)) {
        if ((isAsLong ? whole : distance - 1) - length > LONGEST_PIECE) continue;
        const prefix = prefixAt(bytes, starts[n]!, length, prefixes, byHash);
        // A piece with a line break in it: only the next one's beginning tells how long it is.
        const isAsFar = isNearest && distance === prefix.distance;
        if (isNearest) prefix.distance = distance;
        if (!isAsLong && !isAsFar) continue;
        // Two distances are three lines.
        prefix.count += isAsFar && prefix.count === 0 ? 2 : 1;
        counted = true;
      }
      if (counted) break;
      isNearest = false;
    }
  }
  const frequent = prefixes.filter(({ count }) => count >= MIN_LINES - 1);
  frequent.sort((a, b) => b.count - a.count || b.at[1] - a.at[1]);
  return frequent
    .filter(({ count }, n) => count !== frequent[n - 1]?.count)
    .slice(0, MAX_PREFIXES)
    .map(({ at }) => at);
}

/** The lengths of the line's first words, from the first that is no number on, up to `most`. */
function wordEnds(bytes: Uint8Array, start: number, most: number): number[] {
  const ends: number[] = [];
  let said = false;
  for (let k = 0; k < most; k++) {
    const byte = bytes[start + k]!;
    said ||= byte > 0x39;
    if (said && isBlank(byte)) ends.push(k + 1);
  }
  return ends;
}

function prefixAt(
  bytes: Uint8Array,
  start: number,
  length: number,
  prefixes: Prefix[],
  byHash: Map<number, Prefix[]>,
): Prefix {
  const hash = hashOf(bytes, start, length);
  const alike = byHash.get(hash) ?? [];
  const known = alike.find(({ at }) => at[1] === length && hasPrefix(bytes, start, at[0], length));
  if (known !== undefined) return known;
  const prefix: Prefix = { at: [start, length], count: 0, distance: 0 };
  prefixes.push(prefix);
  byHash.set(hash, [...alike, prefix]);
  return prefix;
}

/** Whether a blank stands where shared words may end. */
function hasWords(bytes: Uint8Array, start: number): boolean {
  const end = Math.min(bytes.length, start + MAX_PREFIX);
  for (let i = start; i < end && bytes[i] !== 0x0a; i++) if (isBlank(bytes[i])) return true;
  return false;
}

function lineLength(bytes: Uint8Array, starts: readonly number[], n: number): number {
  return n + 1 < starts.length ? starts[n + 1]! - 1 - starts[n]! : bytes.length - starts[n]!;
}

interface Prefix {
  readonly at: readonly [start: number, length: number];
  /** How many lines with it are as long as one before, or as far behind the one before as that is behind its own. */
  count: number;
  /** From the last line but one with it to the last. */
  distance: number;
}

/** The same for beginnings that differ in their digits only. */
function hashOf(bytes: Uint8Array, start: number, length: number): number {
  let hash = length;
  for (let i = start; i < start + length; i++) {
    const byte = bytes[i]!;
    hash = (Math.imul(hash, 31) + (byte >= 0x30 && byte <= 0x39 ? 0x30 : byte)) | 0;
  }
  return hash;
}

function joined(bytes: Uint8Array, starts: readonly number[], [first, length]: readonly [number, number]): Decoded {
  const out = new DecodedBuilder(bytes.length);
  let within = false;
  for (const [n, start] of starts.entries()) {
    const prefixed = hasPrefix(bytes, start, first, length);
    within ||= prefixed;
    const next = starts[n + 1] ?? bytes.length;
    const joins = within && next < bytes.length && hasPrefix(bytes, next, first, length);
    const from = prefixed ? start + length : start;
    out.addAll(bytes, from, Math.max(from, joins ? next - 1 : next));
  }
  return out.done();
}

function hasPrefix(bytes: Uint8Array, start: number, from: number, length: number): boolean {
  for (let k = 0; k < length; k++) if (!isAlike(bytes[from + k], bytes[start + k])) return false;
  return true;
}
