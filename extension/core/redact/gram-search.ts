import { HASH, SECOND } from "./evidence.ts";
import { ROTATED, SYMBOL_OF_CODE } from "./fold.ts";
import { accept, type Hit, type Run } from "./gram-hit.ts";
import { canonical, GRAM, GRAM_MASK, type GramIndex, headOf, MAX_CHAIN } from "./gram-index.ts";
import { type Chains, goOn, remember } from "./piece-chains.ts";
import { type Skeleton, skeletonOf } from "./skeleton.ts";

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
      remember(chains, run, position);
      if (hit !== undefined && (best === undefined || isBetter(hit, best.hit))) best = { run, hit };
    }
  }
  if (best === undefined) return 0;
  hits.push(best.hit);
  return best.run.end;
}

function isBetter(hit: Hit, than: Hit): boolean {
  return hit.run > than.run || (hit.run === than.run && hit.whole && !than.whole);
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
