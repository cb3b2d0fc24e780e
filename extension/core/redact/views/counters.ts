import { CODE } from "../fold.ts";
import { type Decoded, DecodedBuilder } from "../view.ts";

const MIN_COUNTED = 6;
/** Numbers and bytes between one count and the next. */
const MAX_BETWEEN = 4;
const MAX_DISTANCE = 160;
const LONGEST = 6;

interface Count {
  readonly start: number;
  readonly end: number;
  readonly value: number;
}

/** The text without numbers that count its items: {"0":"s","1":"k"}, "[0] = 115", "1. correct". undefined = none. */
export function withoutCounters(bytes: Uint8Array): Decoded | undefined {
  const counters = countersIn(numbersIn(bytes));
  if (counters.length === 0) return undefined;
  const out = new DecodedBuilder(bytes.length);
  let copied = 0;
  for (const { start, end } of counters) {
    out.addAll(bytes, copied, start);
    copied = end;
  }
  out.addAll(bytes, copied, bytes.length);
  return out.done();
}

/** Decimal numbers with no letter or digit beside them. */
function numbersIn(bytes: Uint8Array): Count[] {
  const numbers: Count[] = [];
  for (let i = 0; i < bytes.length; ) {
    const start = i;
    let value = 0;
    while (isDigit(bytes[i]) && i - start < LONGEST) value = value * 10 + bytes[i++]! - 0x30;
    if (i > start && !isWord(bytes[i]) && !isWord(bytes[start - 1])) numbers.push({ start, end: i, value });
    while (isWord(bytes[i])) i++;
    if (i === start) i++;
  }
  return numbers;
}

function countersIn(numbers: readonly Count[]): Count[] {
  const found = new Set<Count>();
  for (let i = 0; i < numbers.length; i++) {
    if (found.has(numbers[i]!)) continue;
    const chain = [numbers[i]!];
    for (let k = successor(numbers, i); k !== -1 && !found.has(numbers[k]!); k = successor(numbers, k)) {
      chain.push(numbers[k]!);
    }
    if (chain.length >= MIN_COUNTED) for (const count of chain) found.add(count);
  }
  return [...found].sort((a, b) => a.start - b.start);
}

function successor(numbers: readonly Count[], from: number): number {
  const { value, end } = numbers[from]!;
  for (let k = from + 1; k <= from + MAX_BETWEEN && k < numbers.length; k++) {
    if (numbers[k]!.start - end > MAX_DISTANCE) return -1;
    if (numbers[k]!.value === value + 1) return k;
  }
  return -1;
}

/** How far back `isCounted` looks. */
const REACH = 192;
const MIN_STEPS = 3;
/** So few letters and digits stand in so many bytes where items are counted; more in most text. */
const SPARSE_SYMBOLS = 28;
const SPARSE_BYTES = 40;
/** A longer run of letters and digits is no item and no number of it. */
const LONGEST_ITEM = 8;

/** Whether numbers before `place` go up by one again and again, read forwards or backwards. */
export function isCounted(bytes: Uint8Array, place: number): boolean {
  if (place < SPARSE_BYTES) return false;
  let run = 0;
  while (run <= LONGEST_ITEM && CODE[bytes[place - run]!] !== 0) run++;
  if (run > LONGEST_ITEM) return false;
  let symbols = 0;
  for (let i = place - SPARSE_BYTES; i < place; i++) if (CODE[bytes[i]!] !== 0) symbols++;
  if (symbols > SPARSE_SYMBOLS) return false;
  const before = bytes.subarray(Math.max(0, place - REACH), place);
  return goesUp(numbersIn(before)) || goesUp(numbersIn(before.toReversed()));
}

function goesUp(numbers: readonly Count[]): boolean {
  return numbers.some((_, k) => {
    let steps = 0;
    for (let next = successor(numbers, k); next !== -1 && steps < MIN_STEPS; next = successor(numbers, next)) steps++;
    return steps >= MIN_STEPS;
  });
}

function isDigit(byte: number | undefined): boolean {
  return byte !== undefined && byte >= 0x30 && byte <= 0x39;
}

function isWord(byte: number | undefined): boolean {
  return byte !== undefined && CODE[byte] !== 0;
}
