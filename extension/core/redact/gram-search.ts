import { isDull, looksRandom } from "./dull.ts";
import { HASH, SECOND } from "./evidence.ts";
import { CODE, ROTATED, SYMBOL_OF_CODE } from "./fold.ts";
import { type Form, MIN_RUN } from "./forms.ts";
import {
  canonical,
  formAt,
  GRAM,
  GRAM_MASK,
  type GramIndex,
  headOf,
  MAX_CHAIN,
  type SecretForm,
} from "./gram-index.ts";
import { type Skeleton, skeletonOf } from "./skeleton.ts";

/** A run of a secret's letters and digits in a view: bytes `start` to `end` show `run` of them. */
export interface Hit {
  readonly secret: number;
  readonly start: number;
  readonly end: number;
  readonly run: number;
  /** All of the form stands there. */
  readonly whole: boolean;
}

/** Every run that gives away a part of a value, longest first where several begin in one place. */
export function searchGrams(index: GramIndex, bytes: Uint8Array): Hit[] {
  if (codes.length < bytes.length) {
    codes = new Uint8Array(bytes.length * 2);
    places = new Int32Array(bytes.length * 2);
    found = new Int32Array(bytes.length * 2);
  }
  const skeleton = skeletonOf(bytes, codes, places);
  const candidates = windowsIn(index, skeleton);
  const hits: Hit[] = [];
  const chains: Chains = new Map();
  let covered = 0;
  for (let k = 0; k < candidates; k++) {
    const from = found[k]!;
    if (from + GRAM - 1 < covered) continue;
    const head = headOf(index, keyAt(skeleton.codes, from));
    if (head === 0) continue;
    const end = tryPositions(index, skeleton, from, head, bytes, hits, chains);
    // The next run may share some of this one's end, so look again from there.
    if (end > 0) covered = Math.max(covered, end - GRAM + 1);
  }
  codes.fill(0, 0, skeleton.length);
  return hits;
}

/** Used within one search only. */
let codes = new Uint8Array(1 << 12);
let places = new Int32Array(1 << 12);
/** Where the windows start whose bits are set. */
let found = new Int32Array(1 << 12);

function windowsIn({ bits, shift }: GramIndex, { codes: all, length }: Skeleton): number {
  let count = 0;
  let window = 0;
  let mirror = 0;
  for (let i = 0; i < length; i++) {
    const symbol = SYMBOL_OF_CODE[all[i]!]!;
    window = ((window << 5) | symbol) & GRAM_MASK;
    mirror = (mirror >>> 5) | (symbol << 25);
    const product = Math.imul(canonical(window, mirror), HASH);
    const word = bits[product >>> (shift + 5)]!;
    found[count] = i - GRAM + 1;
    count += (word >>> ((product >>> shift) & 31)) & (word >>> ((product >>> SECOND) & 31)) & +(i >= GRAM - 1);
  }
  return count;
}

function keyAt(all: Uint8Array, at: number): number {
  let window = 0;
  let mirror = 0;
  for (let i = at; i < at + GRAM; i++) {
    const symbol = SYMBOL_OF_CODE[all[i]!]!;
    window = (window << 5) | symbol;
    mirror = (mirror >>> 5) | (symbol << 25);
  }
  return canonical(window, mirror);
}

/** Returns the skeleton index after the longest accepted run, or 0. */
function tryPositions(
  index: GramIndex,
  skeleton: Skeleton,
  from: number,
  head: number,
  bytes: Uint8Array,
  hits: Hit[],
  chains: Chains,
): number {
  let best: { run: Run; hit: Hit } | undefined;
  let tried = 0;
  for (let position = head; position !== 0 && tried < MAX_CHAIN; position = index.next[position]!, tried++) {
    for (const run of runsThrough(index, skeleton, from, position)) {
      const hit =
        accept(index, skeleton, run, position, bytes) ?? goOn(index, skeleton, run, position, bytes, hits, chains);
      chains.set((run.reversed ? run.low : run.high) * WAYS + wayOf(run), { run, position });
      if (hit !== undefined && (best === undefined || isBetter(hit, best.hit))) best = { run, hit };
    }
  }
  if (best === undefined) return 0;
  hits.push(best.hit);
  return best.run.end;
}

/** Where a run ended in the arena, and which way it was read → the run, until the next one with that end. */
type Chains = Map<number, { readonly run: Run; readonly position: number }>;

/** So many letters and digits may stand between a piece and the next one. */
const MAX_BETWEEN = 64;

/**
 * A piece that is too short alone, but goes on just where one before it ended: "part0=…&part1=…". The one before is a hit
 * then too.
 */
function goOn(
  index: GramIndex,
  skeleton: Skeleton,
  run: Run,
  position: number,
  bytes: Uint8Array,
  hits: Hit[],
  chains: Chains,
): Hit | undefined {
  if (isDull(skeleton.codes, run.start, run.end)) return undefined;
  const before = endedAt(chains, run);
  if (before === undefined || run.start < before.run.end || run.start - before.run.end > MAX_BETWEEN) return undefined;
  if (run.end - run.start + before.run.end - before.run.start < MIN_RUN) return undefined;
  const [first, second] = [
    hitOf(index, skeleton, before.run, before.position, bytes),
    hitOf(index, skeleton, run, position, bytes),
  ];
  const both = Buffer.concat([bytes.subarray(first.start, first.end), bytes.subarray(second.start, second.end)]);
  if (!looksRandom(both)) return undefined;
  hits.push(first);
  return second;
}

/** A letter beside a piece may be the value's next one by chance, so they may overlap a little. */
const MAX_OVERLAP = 3;

function endedAt(chains: Chains, run: Run): { readonly run: Run; readonly position: number } | undefined {
  for (let shared = 0; shared <= MAX_OVERLAP; shared++) {
    const before = chains.get((run.reversed ? run.high - shared : run.low + shared) * WAYS + wayOf(run));
    if (before !== undefined) return before;
  }
  return undefined;
}

const WAYS = 4;

function wayOf({ reversed, rotated }: Run): number {
  return (reversed ? 2 : 0) + (rotated ? 1 : 0);
}

function isBetter(hit: Hit, than: Hit): boolean {
  return hit.run > than.run || (hit.run === than.run && hit.whole && !than.whole);
}

/** Skeleton indices `start` to `end` equal the arena from `low` to `high`, read backwards if `reversed`. */
interface Run {
  readonly start: number;
  readonly end: number;
  readonly low: number;
  readonly high: number;
  readonly reversed: boolean;
  readonly rotated: boolean;
}

const IDENTITY = Uint8Array.from({ length: 37 }, (_, code) => code);

function runsThrough(index: GramIndex, skeleton: Skeleton, from: number, position: number): Run[] {
  const runs: Run[] = [];
  for (const reversed of [false, true]) {
    for (const rotated of [false, true]) {
      const run = extend(index.arena, skeleton, from, position, reversed, rotated);
      if (run !== undefined) runs.push(run);
    }
  }
  return runs;
}

function extend(
  arena: Uint8Array,
  skeleton: Skeleton,
  from: number,
  position: number,
  reversed: boolean,
  rotated: boolean,
): Run | undefined {
  const { codes, length } = skeleton;
  const cipher = rotated ? ROTATED : IDENTITY;
  const step = reversed ? -1 : 1;
  const anchor = reversed ? position + GRAM - 1 : position;
  for (let k = 0; k < GRAM; k++) if (codes[from + k] !== cipher[arena[anchor + step * k]!]) return undefined;
  let start = from;
  let before = anchor - step;
  while (start > 0 && arena[before] !== 0 && codes[start - 1] === cipher[arena[before]!]) {
    start--;
    before -= step;
  }
  let end = from + GRAM;
  let after = anchor + step * GRAM;
  while (end < length && arena[after] !== 0 && codes[end] === cipher[arena[after]!]) {
    end++;
    after += step;
  }
  const low = reversed ? after + 1 : before + 1;
  const high = reversed ? before : after;
  return { start, end, low, high, reversed, rotated };
}

/** From eight characters on, and from half of the value, a piece at the value's beginning or end counts. */
const MIN_PIECE = 8;

function accept(index: GramIndex, skeleton: Skeleton, run: Run, position: number, bytes: Uint8Array): Hit | undefined {
  const form = formAt(index, position);
  const { kind } = index.forms[form]!;
  const length = run.end - run.start;
  const whole = isWhole(index, run, form);
  if (length < MIN_RUN) {
    if (length < MIN_PIECE) return undefined;
    if (!whole && kind !== "plain") return undefined;
    if (!whole && run.low !== index.formStart[form] && run.high !== index.formStart[form + 1]! - 1) return undefined;
    if (!isClearPiece(skeleton, run, bytes, whole, kind)) return undefined;
  }
  if (isDull(skeleton.codes, run.start, run.end) && !whole) return undefined;
  return hitOf(index, skeleton, run, position, bytes);
}

function isWhole(index: GramIndex, run: Run, form: number): boolean {
  return run.low === index.formStart[form] && run.high === index.formStart[form + 1]! - 1;
}

function hitOf(index: GramIndex, skeleton: Skeleton, run: Run, position: number, bytes: Uint8Array): Hit {
  const form = formAt(index, position);
  const { secret, kind, text } = index.forms[form]!;
  const start = skeleton.at[run.start]!;
  const end = skeleton.at[run.end - 1]! + 1;
  const found = { secret, run: run.end - run.start, whole: isWhole(index, run, form) };
  if (kind === "encoded") return { ...found, ...widenEncoded(bytes, start, end) };
  return { ...found, ...widenPlain(bytes, start, end, text, run, index.formStart[form]!) };
}

/** A short piece must stand alone and in one stretch, and be no word: "postgres", "sk_live_" open many values. */
function isClearPiece(skeleton: Skeleton, run: Run, bytes: Uint8Array, whole: boolean, kind: Form["kind"]): boolean {
  const start = skeleton.at[run.start]!;
  const end = skeleton.at[run.end - 1]! + 1;
  if (isAlnum(bytes[start - 1]) || isAlnum(bytes[end])) return false;
  if (!whole && (run.rotated || run.reversed || end - start > run.end - run.start + 4)) return false;
  return kind !== "plain" || looksRandom(bytes.subarray(start, end));
}

function isAlnum(byte: number | undefined): boolean {
  return byte !== undefined && CODE[byte] !== 0;
}

/** The characters at the border of an encoded value hold bits of it and of its neighbour; padding tells its length. */
function widenEncoded(bytes: Uint8Array, start: number, end: number): { start: number; end: number } {
  let from = start;
  while (from > 0 && start - from < 2 && isEncoded(bytes[from - 1]!)) from--;
  let to = end;
  while (to < bytes.length && to - end < 3 && isEncoded(bytes[to]!)) to++;
  while (to < bytes.length && to - end < 9 && bytes[to] === 0x3d) to++;
  return { start: from, end: to };
}

function isEncoded(byte: number): boolean {
  return CODE[byte] !== 0 || byte === 0x2b || byte === 0x2f || byte === 0x2d || byte === 0x5f;
}

/** Beside the run the value may have characters that the skeleton drops. */
function widenPlain(
  bytes: Uint8Array,
  start: number,
  end: number,
  text: SecretForm["text"],
  run: Run,
  first: number,
): { start: number; end: number } {
  const step = run.reversed ? -1 : 1;
  const low = textIndex(text, run.low - first);
  const high = textIndex(text, run.high - first - 1);
  let from = start;
  for (let i = (run.reversed ? high : low) - step; isDropped(text[i]) && bytes[from - 1] === text[i]; i -= step) from--;
  let to = end;
  for (let i = (run.reversed ? low : high) + step; isDropped(text[i]) && bytes[to] === text[i]; i += step) to++;
  return { start: from, end: to };
}

/** Where the letter or digit numbered `symbol` stands. */
function textIndex(text: Uint8Array, symbol: number): number {
  let left = symbol;
  let at = 0;
  while (at < text.length && (CODE[text[at]!] === 0 || left-- > 0)) at++;
  return at;
}

function isDropped(byte: number | undefined): boolean {
  return byte !== undefined && CODE[byte] === 0;
}
