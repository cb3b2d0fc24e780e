import { isDull, looksRandom } from "./dull.ts";
import { MIN_RUN } from "./forms.ts";
import { type Hit, hitOf, type Run } from "./gram-hit.ts";
import { formAt, type GramIndex } from "./gram-index.ts";
import type { Skeleton } from "./skeleton.ts";

/** Where a run ended in the arena, and which way it was read → the run, until the next one with that end. */
export type Chains = Map<number, { readonly run: Run; readonly position: number }>;

/** So many letters and digits may stand between a piece and the next one. */
const MAX_BETWEEN = 64;

/**
 * A piece that is too short alone, but goes on just where one before it ended: "part0=…&part1=…". The one before is a hit
 * then too.
 */
export function goOn(
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
  const [length, lengthBefore] = [run.end - run.start, before.run.end - before.run.start];
  if (length + lengthBefore < MIN_RUN) return undefined;
  const isPlain = index.forms[formAt(index, position)]!.kind === "plain";
  if (!isPlain && Math.max(length, lengthBefore) < MIN_ENCODED) return undefined;
  const [first, second] = [
    hitOf(index, skeleton, before.run, before.position, bytes),
    hitOf(index, skeleton, run, position, bytes),
  ];
  const both = Buffer.concat([bytes.subarray(first.start, first.end), bytes.subarray(second.start, second.end)]);
  if (!looksRandom(both) || new Set(both).size < MIN_KINDS) return undefined;
  hits.push(first);
  return second;
}

/** Of an encoding one of the two is so long: six hex digits are some value's by chance, and six more behind them. */
const MIN_ENCODED = 8;

/** Zeros with a digit or two stand in every dump, and in the hex of UTF-16. */
const MIN_KINDS = 6;

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

export function remember(chains: Chains, run: Run, position: number): void {
  chains.set((run.reversed ? run.low : run.high) * WAYS + wayOf(run), { run, position });
}
