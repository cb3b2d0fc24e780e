import { type Decoded, DecodedBuilder } from "../view.ts";

const MIN_COUNTED = 8;
const MAX_GAP = 32;
const LONGEST_NUMBER = 6;

/** Numbered characters without their numbers: "0: s\n1: k", "(0, 's'), (1, 'k')", "s 1\nk 2". undefined = none. */
export function withoutNumbering(bytes: Uint8Array): Decoded | undefined {
  const numbers = numbersIn(bytes);
  let out: DecodedBuilder | undefined;
  let copied = 0;
  for (let n = 0; n < numbers.count; n++) {
    if (numbers.starts[n]! < copied) continue;
    const places = placesFrom(bytes, numbers, n, copied);
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
  n: number,
  copied: number,
): number[] | undefined {
  const start = starts[n]!;
  const end = numberEnds[n]!;
  const value = values[n]!;
  for (let next = n + 1; next < count && starts[next]! - end <= MAX_GAP; next++) {
    if (values[next] !== value + 1) continue;
    const gap = starts[next]! - end;
    const ends = countFrom(bytes, value, end, gap);
    if (ends.length < MIN_COUNTED) continue;
    const column = onlyColumn(bytes, ends, gap);
    if (column === undefined) continue;
    const places = ends.map((at) => at + column);
    // The last number may have a character too, and so may what stands before the first one.
    if (!isSame(bytes, ends[0]!, ends.at(-1)!, 0, column) || places.at(-1)! >= bytes.length) places.pop();
    const before = start - gap;
    if (before + column >= copied && isSame(bytes, ends[0]!, before, column + 1, gap)) places.unshift(before + column);
    return places;
  }
  return undefined;
}

/** The ends of the numbers that go up by one, each so far from the one before. */
function countFrom(bytes: Uint8Array, first: number, firstEnd: number, gap: number): number[] {
  const ends = [firstEnd];
  for (let value = first + 1; ; value++) {
    const at = ends.at(-1)! + gap;
    if (!isNumber(bytes, at, value)) return ends;
    ends.push(numberEnd(bytes, at));
  }
}

/** The one byte of the gaps that isn't always the same; undefined = none, or several. */
function onlyColumn(bytes: Uint8Array, ends: readonly number[], gap: number): number | undefined {
  let found: number | undefined;
  for (let column = 0; column < gap; column++) {
    const first = bytes[ends[0]! + column];
    if (ends.every((end, n) => n === ends.length - 1 || bytes[end + column] === first)) continue;
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
