import { isDull, looksRandom } from "./dull.ts";
import { CODE } from "./fold.ts";
import { type Form, MIN_PIECE, MIN_RUN, MIN_SYMBOLS } from "./forms.ts";
import { formAt, type GramIndex, type SecretForm } from "./gram-index.ts";
import type { Skeleton } from "./skeleton.ts";

/** A run of a secret's letters and digits in a view: bytes `start` to `end` show `run` of them. */
export interface Hit {
  readonly secret: number;
  readonly start: number;
  readonly end: number;
  readonly run: number;
  /** All of the form stands there. */
  readonly whole: boolean;
}

/** Skeleton indices `start` to `end` equal the arena from `low` to `high`, read backwards if `reversed`. */
export interface Run {
  readonly start: number;
  readonly end: number;
  readonly low: number;
  readonly high: number;
  readonly reversed: boolean;
  readonly rotated: boolean;
}

export function accept(
  index: GramIndex,
  skeleton: Skeleton,
  run: Run,
  position: number,
  bytes: Uint8Array,
): Hit | undefined {
  const form = formAt(index, position);
  const { kind } = index.forms[form]!;
  const length = run.end - run.start;
  const whole = isWhole(index, run, form);
  if (length < MIN_SYMBOLS) return undefined;
  if (length < MIN_RUN && !isExact(index, skeleton, run, position, bytes, MIN_RUN)) {
    if (length < MIN_PIECE && !isExact(index, skeleton, run, position, bytes, MIN_PIECE)) return undefined;
    if (!whole && kind !== "plain") return undefined;
    if (!whole && run.low !== index.formStart[form] && run.high !== index.formStart[form + 1]! - 1) return undefined;
    if (!isClearPiece(skeleton, run, bytes, whole, kind)) return undefined;
  }
  if (isDull(skeleton.codes, run.start, run.end) && !whole) return undefined;
  return hitOf(index, skeleton, run, position, bytes);
}

/**
 * Whether so many bytes stand there just as in the value: of one with signs, letters and digits alone would be too few.
 */
function isExact(
  index: GramIndex,
  skeleton: Skeleton,
  run: Run,
  position: number,
  bytes: Uint8Array,
  atLeast: number,
): boolean {
  const form = formAt(index, position);
  const { kind, text } = index.forms[form]!;
  if (kind !== "plain" || run.reversed || run.rotated) return false;
  const { start, end } = hitOf(index, skeleton, run, position, bytes);
  if (end - start < atLeast) return false;
  const from = textIndex(text, run.low - index.formStart[form]!) - (skeleton.at[run.start]! - start);
  for (let i = start; i < end; i++) if (bytes[i] !== text[from + i - start]) return false;
  return looksRandom(bytes.subarray(start, end));
}

function isWhole(index: GramIndex, run: Run, form: number): boolean {
  return run.low === index.formStart[form] && run.high === index.formStart[form + 1]! - 1;
}

export function hitOf(index: GramIndex, skeleton: Skeleton, run: Run, position: number, bytes: Uint8Array): Hit {
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
