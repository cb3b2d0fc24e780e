import { isBreak } from "./breaks.ts";
import { isDumpLine, isMirroredDumpLine } from "./dump-line.ts";
import { SYMBOL } from "./fold.ts";
import type { GramIndex } from "./gram-index.ts";
import { endsInSigns, hasColumn, hasHead, hasTail } from "./line-tails.ts";
import { isLoose, lineStart } from "./lines.ts";
import { isRepeated, isRepeatedPrompt } from "./repeated-lines.ts";
import { marksUntil } from "./views/markup.ts";
import { BASE64 } from "./views/radix.ts";

/**
 * Where the stream may be cut so that what lies before can be released: after a line break or a prompt, unless the
 * last letters and digits before it could be the beginning of a value, or the line looks like a part of a dump.
 * Whether a place is a cut depends on the bytes before it alone, so it is one for every chunking. At most four
 * characters of a value lie before a cut in its middle; the rest is found with the context of `LOOKBACK` bytes.
 */
export function isCut(index: GramIndex, bytes: Uint8Array, at: number): boolean {
  return isBreak(bytes, at) && !mayContinue(index, bytes, at);
}

/** So many bytes before a cut are looked at, and are context for what follows it. */
export const LOOKBACK = 1024;

/** How much of the context a segment needs: where the letters and digits stand close, little holds enough of them. */
export function contextBefore(bytes: Uint8Array, at: number): number {
  const near = Math.max(0, at - NEAR_CONTEXT);
  let symbols = 0;
  for (let i = near; i < at; i++) if (SYMBOL[bytes[i]!] !== 0) symbols++;
  return symbols >= ENOUGH_SYMBOLS ? at - near : Math.min(at, LOOKBACK);
}

const NEAR_CONTEXT = 192;
const ENOUGH_SYMBOLS = 64;

function mayContinue(index: GramIndex, bytes: Uint8Array, at: number): boolean {
  const from = Math.max(0, at - LOOKBACK);
  return (
    isContinued(bytes, at) ||
    hasTail(index, bytes, from, at) ||
    hasHead(index, bytes, from, at) ||
    endsInSigns(bytes, from, at) ||
    hasColumn(index, bytes, from, at) ||
    isEncodedLine(bytes, from, at) ||
    isLoose(bytes, from, at) ||
    isMarked(bytes, from, at) ||
    (bytes[at - 1] === 0x0a
      ? isRepeated(bytes, from, at)
      : isRepeatedPrompt(bytes, from, at) || isInDump(bytes, from, at) || isInPieces(index, bytes, from, at))
  );
}

/** A soft break of quoted-printable, or a backslash at the end of the line. */
function isContinued(bytes: Uint8Array, at: number): boolean {
  if (bytes[at - 1] !== 0x0a) return false;
  const before = bytes[at - 2] === 0x0d ? bytes[at - 3] : bytes[at - 2];
  return before === 0x3d || before === 0x5c;
}

/** A mark within the text, in this line or the one before: it hides what the next ones have in common. */
function isMarked(bytes: Uint8Array, from: number, at: number): boolean {
  const before = bytes.lastIndexOf(0x0a, at - 2);
  const start = Math.max(from, before < 1 ? 0 : bytes.lastIndexOf(0x0a, before - 1) + 1);
  // Without the break at its end, so that a tag which goes on in the next line counts.
  const lines = bytes.subarray(start, at - 1);
  for (let tag = lines.indexOf(0x3c); tag !== -1; tag = lines.indexOf(0x3c, tag + 1)) {
    if (marksUntil(lines, tag, lines.length) !== 0) return true;
  }
  return false;
}

/** A sign and a blank in a dump's text column are no prompt. */
function isInDump(bytes: Uint8Array, from: number, at: number): boolean {
  const start = Math.max(from, bytes.lastIndexOf(0x0a, at - 1) + 1);
  return at - start < LONGEST_LINE && isDumpLine(Buffer.from(bytes.subarray(start, at)).toString("latin1").trim());
}

/**
 * Nor is what looks like one in a line that may go on with the one before, but for a terminal, which ends lines with
 * "\r\n".
 */
function isInPieces(index: GramIndex, bytes: Uint8Array, from: number, at: number): boolean {
  const start = lineStart(bytes, from, at);
  return start > from && bytes[start - 2] !== 0x0d && mayContinue(index, bytes, start);
}

const WRAPPED = /^(?:[A-Za-z0-9+/_-]{16,}={0,2}|\S{40,})$/;
const NUMERIC = /^[\s0-9a-fA-FxX,:;[\]()<>{}|.\\-]+$/;
const LONGEST_LINE = 512;
/** Before the first line of a quoted text. */
const QUOTE = /^["']/;

/** A line of a dump, of a wrapped encoding or of an array of numbers, which only makes sense with its neighbours. */
function isEncodedLine(bytes: Uint8Array, from: number, at: number): boolean {
  if (bytes[at - 1] !== 0x0a) return false;
  const start = Math.max(from, bytes.lastIndexOf(0x0a, at - 2) + 1);
  if (at - start > LONGEST_LINE) return false;
  if (endsEncoded(bytes, start, at - 1)) return true;
  const line = Buffer.from(bytes.subarray(start, at)).toString("latin1").trim();
  return (
    isDumpLine(line.replace(QUOTE, "")) ||
    isMirroredDumpLine(line) ||
    WRAPPED.test(line) ||
    (NUMERIC.test(line) && /[0-9a-fA-F]/.test(line))
  );
}

const MIN_ENCODED = 16;

/** A run of base64 or hex up to the line's end may go on in the next line. */
function endsEncoded(bytes: Uint8Array, start: number, end: number): boolean {
  let to = end;
  while (to > start && bytes[to - 1]! <= 0x20) to--;
  let from = to;
  while (from > start && to - from < MIN_ENCODED && BASE64.digit[bytes[from - 1]!]! >= 0) from--;
  return to - from >= MIN_ENCODED;
}
