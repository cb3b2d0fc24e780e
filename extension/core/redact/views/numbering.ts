import { type Decoded, DecodedBuilder } from "../view.ts";

const MIN_COUNTED = 8;
const MAX_GAP = 32;
const LONGEST_NUMBER = 6;

/** Numbered characters without their numbers: "0: s\n1: k", "(0, 's'), (1, 'k')", "s 1\nk 2". undefined = none. */
export function withoutNumbering(bytes: Uint8Array): Decoded | undefined {
  const numbers = numbersIn(bytes);
  const chains = new Map<number, Chain>();
  let out: DecodedBuilder | undefined;
  let copied = 0;
  for (let n = 0; n < numbers.count; n++) {
    if (numbers.starts[n]! < copied) continue;
    const places = placesFrom(bytes, numbers, chains, n, copied);
    if (places === undefined) continue;
    out ??= new DecodedBuilder(bytes.length);
    out.addAll(bytes, copied, places[0]!);
    if (out.length > 0) out.add(0x0a, places[0]!, places[0]! + 1);
    for (const place of places) out.add(bytes[place]!, place, place + 1);
    copied = places.at(-1)! + 1;
  }
  if (out === undefined) return undefined;
  if (copied < bytes.length) out.add(0x0a, copied, copied + 1);
  out.addAll(bytes, copied, bytes.length);
  return out.done();
}

/** All whole numbers. */
interface Numbers {
  readonly starts: Int32Array;
  readonly ends: Int32Array;
  readonly values: Int32Array;
  readonly count: number;
}

function numbersIn(bytes: Uint8Array): Numbers {
  const most = (bytes.length + 1) >> 1;
  const starts = new Int32Array(most);
  const ends = new Int32Array(most);
  const values = new Int32Array(most);
  let count = 0;
  for (let i = 0; i < bytes.length; i++) {
    if (bytes[i]! < 0x30 || bytes[i]! > 0x39) continue;
    starts[count] = i;
    let value = 0;
    for (; i < bytes.length && bytes[i]! >= 0x30 && bytes[i]! <= 0x39; i++) value = (value * 10 + bytes[i]! - 0x30) | 0;
    if (i - starts[count]! > LONGEST_NUMBER) continue;
    ends[count] = i;
    values[count++] = value;
  }
  return { starts, ends, values, count };
}

/** The end of the whole number that begins at `at`, or 0. */
function numberEnd(bytes: Uint8Array, at: number): number {
  if (!isDigit(bytes[at]) || isDigit(bytes[at - 1])) return 0;
  let end = at + 1;
  while (isDigit(bytes[end])) end++;
  return end - at <= LONGEST_NUMBER ? end : 0;
}

/** Where the characters stand that the `n`th number and those after it count. */
function placesFrom(
  bytes: Uint8Array,
  { starts, ends: numberEnds, values, count }: Numbers,
  chains: Map<number, Chain>,
  n: number,
  copied: number,
): number[] | undefined {
  const start = starts[n]!;
  const end = numberEnds[n]!;
  const value = values[n]!;
  for (let next = n + 1; next < count && starts[next]! - end <= MAX_GAP; next++) {
    if (values[next] !== value + 1) continue;
    const gap = starts[next]! - end;
    const chain = chainOf(bytes, chains, value, end, gap);
    const from = value - chain.first;
    if (chain.ends.length - from < MIN_COUNTED) continue;
    const column = onlyColumn(chain, from);
    if (column === undefined) continue;
    const ends = chain.ends.slice(from);
    const places = ends.map((at) => at + column);
    // The last number may have a character too, and so may what stands before the first one.
    if (!isSame(bytes, ends[0]!, ends.at(-1)!, 0, column) || places.at(-1)! >= bytes.length) places.pop();
    const before = start - gap;
    if (before + column >= copied && isSame(bytes, ends[0]!, before, column + 1, gap)) places.unshift(before + column);
    return places;
  }
  return undefined;
}

/** Numbers that go up by one, each so far from the one before. */
interface Chain {
  readonly first: number;
  readonly ends: readonly number[];
  /** Of each column of the gaps, the last gap in which it is another byte than in the gap before; 0 = never. */
  readonly changed: Int32Array;
}

/** The chain that has this number in it. Those of one gap are kept, since each of their numbers asks for the same. */
function chainOf(bytes: Uint8Array, chains: Map<number, Chain>, value: number, end: number, gap: number): Chain {
  const known = chains.get(gap);
  if (known !== undefined && known.ends[value - known.first] === end) return known;
  const ends = [end];
  for (let next = value + 1; ; next++) {
    const at = ends.at(-1)! + gap;
    if (!isNumber(bytes, at, next)) break;
    ends.push(numberEnd(bytes, at));
  }
  const changed = new Int32Array(gap);
  for (let n = 1; n < ends.length - 1; n++) {
    for (let k = 0; k < gap; k++) if (bytes[ends[n]! + k] !== bytes[ends[n - 1]! + k]) changed[k] = n;
  }
  const chain = { first: value, ends, changed };
  chains.set(gap, chain);
  return chain;
}

/** The one byte of the gaps from that number on that isn't always the same; undefined = none, or several. */
function onlyColumn({ changed }: Chain, from: number): number | undefined {
  let found: number | undefined;
  for (let column = 0; column < changed.length; column++) {
    if (changed[column]! <= from) continue;
    if (found !== undefined) return undefined;
    found = column;
  }
  return found;
}

function isSame(bytes: Uint8Array, one: number, other: number, from: number, to: number): boolean {
  for (let k = from; k < to; k++) if (bytes[one + k] !== bytes[other + k]) return false;
  return true;
}

function isNumber(bytes: Uint8Array, at: number, value: number): boolean {
  if (!isDigit(bytes[at]) || isDigit(bytes[at - 1])) return false;
  const end = numberEnd(bytes, at);
  return end > 0 && number(bytes, at, end) === value;
}

function number(bytes: Uint8Array, start: number, end: number): number {
  let value = 0;
  for (let i = start; i < end; i++) value = value * 10 + bytes[i]! - 0x30;
  return value;
}

function isDigit(byte: number | undefined): boolean {
  return byte !== undefined && byte >= 0x30 && byte <= 0x39;
}
