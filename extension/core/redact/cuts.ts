import { escapeEnd } from "./ansi.ts";
import { isDumpLine, isMirroredDumpLine } from "./dump-line.ts";
import { EVIDENCE, hasEvidence, nextWindow } from "./evidence.ts";
import { CODE, SYMBOL } from "./fold.ts";
import type { GramIndex } from "./gram-index.ts";
import { firstWordEnd } from "./line-differences.ts";
import { isLoose, lineStart } from "./lines.ts";
import { isRepeated, isRepeatedPrompt } from "./repeated-lines.ts";
import { IS_BASE85 } from "./views/base85.ts";
import { lastWord } from "./views/columns.ts";
import { hexDigit } from "./views/escapes.ts";
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

/** A line break, or the end of "Password: ", "[y/N]? ", "user@host:~$ ". */
export function isBreak(bytes: Uint8Array, at: number): boolean {
  const last = bytes[at - 1];
  if (last === 0x0a) return true;
  if (last !== 0x20 || at < 3) return false;
  const sign = bytes[at - 2]!;
  if (sign === 0x3a || sign === 0x3f) return isQuestion(bytes, at - 2);
  return (sign === 0x24 || sign === 0x23 || sign === 0x3e || sign === 0x25) && isPrompt(bytes, at - 2);
}

/** What stands before the sign: "user@host:~$ ", "[root@host ~]# ", "C:\\> ", but no columns of a dump. */
function isPrompt(bytes: Uint8Array, sign: number): boolean {
  const before = bytes[sign - 1]!;
  if (before === 0x20) return bytes[sign - 2] !== 0x20 && !isSpaced(bytes, sign - 1);
  return before === 0x0a || CODE[before] !== 0 || PROMPT_SIGNS.includes(before) || isRepeatedSign(bytes, sign);
}

/** Single characters before the blank at `at`: "a n j $ ". */
function isSpaced(bytes: Uint8Array, at: number): boolean {
  return bytes[at - 2] === 0x20 && bytes[at - 4] === 0x20;
}

/** ">>> " at the beginning of a line. */
function isRepeatedSign(bytes: Uint8Array, sign: number): boolean {
  let at = sign;
  while (bytes[at] === bytes[sign]) at--;
  return at < sign - 1 && (at < 0 || bytes[at] === 0x0a || bytes[at] === 0x0d);
}

const PROMPT_SIGNS = [..."~])/\\_-\x1b\r"].map((char) => char.charCodeAt(0));

/** Words before the colon; an offset or a line number is none, also behind the n of an escaped line break. */
function isQuestion(bytes: Uint8Array, colon: number): boolean {
  const last = bytes[colon - 1];
  if (last === 0x29 || last === 0x5d) return true;
  for (let i = colon - 1; i >= Math.max(0, colon - LONGEST_NUMBER) && CODE[bytes[i]!] !== 0; i--) {
    if (hexDigit(bytes[i]!) < 0) return bytes[i - 1] !== 0x5c;
  }
  return false;
}

const LONGEST_NUMBER = 24;

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

/** True if the last letters and digits are ones of a value in this order, or if there are too few to tell. */
function hasTail(index: GramIndex, bytes: Uint8Array, from: number, at: number): boolean {
  const tail = new Tail();
  tail.read(bytes, Math.max(from, at - SHORT_LOOKBACK), at);
  // A window that begins inside an escape sequence takes some of its digits for text.
  if (tail.count < EVIDENCE * 4) tail.read(bytes, from, at);
  if (tail.count < EVIDENCE) return from > 0;
  if (hasEvidence(index.evidence, tail.window)) return true;
  // The beginning of an escape may stand behind them: "postgres%3".
  const end = escapeStart(bytes, Math.max(from, at - LONGEST_ESCAPE), at);
  if (end === undefined) return false;
  tail.read(bytes, Math.max(from, end - SHORT_LOOKBACK), end);
  return tail.count >= EVIDENCE && hasEvidence(index.evidence, tail.window);
}

/** Where the first escape sign of the last word stands, if it has one. */
function escapeStart(bytes: Uint8Array, from: number, at: number): number | undefined {
  let first: number | undefined;
  for (let i = at - 2; i >= from && bytes[i]! > 0x20; i--) if (ESCAPE_SIGNS.includes(bytes[i]!)) first = i;
  return first;
}

/** % & = \ */
const ESCAPE_SIGNS = [0x25, 0x26, 0x3d, 0x5c];
const LONGEST_ESCAPE = 12;

/** The same for the line's first word: text that runs backwards has its prefix behind it. */
function hasHead(index: GramIndex, bytes: Uint8Array, from: number, at: number): boolean {
  if (bytes[at - 1] !== 0x0a) return false;
  const start = Math.max(from, bytes.lastIndexOf(0x0a, at - 2) + 1);
  const head = new Tail();
  head.read(bytes, start, firstWordEnd(bytes, start, at - 1));
  return head.count >= EVIDENCE && hasEvidence(index.evidence, head.window);
}

/** A last word of many signs has too few letters and digits to tell: it may be a piece of ascii85. */
function endsInSigns(bytes: Uint8Array, from: number, at: number): boolean {
  if (bytes[at - 1] !== 0x0a) return false;
  let start = at - 1;
  let symbols = 0;
  while (start > from && IS_BASE85[bytes[start - 1]!] === 1 && symbols < EVIDENCE)
    symbols += +(CODE[bytes[--start]!] !== 0);
  if (symbols === EVIDENCE || at - 1 - start < SHORTEST_SIGNS) return false;
  return new Set(bytes.subarray(start, at - 1)).size > SHORTEST_SIGNS / 2;
}

const SHORTEST_SIGNS = 8;
const SHORT_LOOKBACK = 96;

/** The last letters and digits of a stretch, without its escape sequences. */
class Tail {
  window = 0;
  count = 0;

  read(bytes: Uint8Array, from: number, at: number): void {
    this.count = 0;
    for (let i = from; i < at; ) {
      const byte = bytes[i]!;
      if (byte === 0x1b) {
        i = escapeEnd(bytes, i, at) ?? at;
        continue;
      }
      const code = CODE[byte]!;
      if (code !== 0) {
        this.window = nextWindow(this.window, code);
        this.count++;
      }
      i++;
    }
  }
}

/** The same for the last short words of the lines before. */
function hasColumn(index: GramIndex, bytes: Uint8Array, from: number, at: number): boolean {
  const codes: number[] = [];
  let end = bytes.lastIndexOf(0x0a, at - 1);
  while (end > from && codes.length < EVIDENCE) {
    const start = Math.max(from, bytes.lastIndexOf(0x0a, end - 1) + 1);
    const word = lastWord(bytes, start, end);
    if (word === undefined) return false;
    for (let i = word.end - 1; i >= word.start; i--) codes.push(CODE[bytes[i]!]!);
    end = start - 1;
  }
  return codes.length >= EVIDENCE && hasEvidence(index.evidence, codes.slice(0, EVIDENCE).reduce(nextWindow, 0));
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
