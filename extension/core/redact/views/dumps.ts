import { isDumpLine } from "../dump-line.ts";
import { type Decoded, DecodedBuilder } from "../view.ts";
import { hexDigit } from "./escapes.ts";

/** Words of `xxd`, `hexdump`, `hd` and `od`: their number base, and how many digits and bytes each has. */
interface WordShape {
  readonly base: 2 | 8 | 10 | 16;
  readonly digits: number;
  readonly bytes: number;
}
/** Also the last of an odd number of bytes, where words have two. */
const BYTE: WordShape = { base: 16, digits: 2, bytes: 1 };
const SHAPES: readonly WordShape[] = [
  BYTE,
  { base: 16, digits: 4, bytes: 2 },
  { base: 16, digits: 8, bytes: 4 },
  { base: 16, digits: 16, bytes: 8 },
  { base: 8, digits: 3, bytes: 1 },
  { base: 8, digits: 6, bytes: 2 },
  { base: 8, digits: 11, bytes: 4 },
  { base: 8, digits: 22, bytes: 8 },
  { base: 10, digits: 3, bytes: 1 },
  { base: 10, digits: 5, bytes: 2 },
  { base: 10, digits: 10, bytes: 4 },
  { base: 10, digits: 20, bytes: 8 },
  { base: 2, digits: 8, bytes: 1 },
];

export interface DumpLine {
  /** The digits of its offset, if it has one: where no line has, they are the first word. */
  readonly offset: readonly [start: number, end: number] | undefined;
  /** Where each word of the line stands. */
  readonly words: readonly (readonly [start: number, end: number])[];
  /** All that follows the offset's digits. */
  readonly body: readonly [start: number, end: number];
  /** Where the line's text column stands, if it has one. */
  readonly text: readonly [start: number, end: number];
}

/** Whether these of its lines are hardly less than all of `bytes`. */
export function isDump(bytes: Uint8Array, lines: readonly DumpLine[]): boolean {
  let length = 0;
  for (const { body } of lines) length += body[1] - body[0];
  return lines.length >= MIN_LINES && length >= bytes.length * MOSTLY;
}

const MIN_LINES = 4;
/** Of a dump's bytes, its offsets and line breaks aside. */
const MOSTLY = 0.7;

/** So many lines with offsets that go up are no accident. */
const MIN_ORDERED = 32;
/** An offset, words of hex or octal digits, and at most 16 characters of text. */
const ORDERED =
  /^(?:0x)?([0-9a-fA-F]{6,16}):? {1,2}(?:[0-9a-fA-F]{2,8} {1,2}){1,16}(?:[0-9a-fA-F]{2,8}|(?: *[|>]?.{0,16}[|<]?))$/;
/** The beginning or the end of such a line. */
const CUT = /^[0-9a-fA-Fx]{0,18}:? {0,2}(?:[0-9a-fA-F]{1,8} {1,2}){0,16}(?:[0-9a-fA-F]{0,8}|(?: *[|>]?.{0,16}[|<]?))$/;
const LONGEST_ORDERED = 90;

/** What `hexdump` writes for lines that are the same. */
const SAME = "*";

/**
 * Whether all lines, but for a cut first and last one, are a dump's with offsets that go up. Backwards or rotated it has
 * no other meaning: what its lines have of a text is too short there, and stands between words and offsets.
 */
export function isOrderedDump(bytes: Uint8Array): boolean {
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let count = 0;
  let offset = -1;
  let start = 0;
  for (let end = bytes.indexOf(0x0a); end !== -1; end = bytes.indexOf(0x0a, start)) {
    if (end - start > LONGEST_ORDERED) return false;
    const line = text.toString("latin1", start, end);
    if (start === 0) {
      if (!CUT.test(line)) return false;
    } else if (line !== SAME) {
      const next = Number.parseInt(ORDERED.exec(line)?.[1] ?? "", 16);
      if (!(next > offset)) return false;
      offset = next;
      count++;
    }
    start = end + 1;
  }
  if (count < MIN_ORDERED || bytes.length - start > LONGEST_ORDERED) return false;
  return CUT.test(text.toString("latin1", start));
}

/** The bytes behind a dump, for each way to read its words, and its text column in one piece. */
export function readDumps(bytes: Uint8Array, lines: readonly DumpLine[]): Decoded[] {
  if (lines.length === 0) return [];
  const views: Decoded[] = [textColumn(bytes, lines)];
  if (lines.every(({ body }) => (body[1] - body[0]) % CELL === 0)) views.push(cells(bytes, lines));
  for (const shape of SHAPES) {
    for (const little of shape.bytes === 1 ? [false] : [true, false]) {
      const view = numberColumn(bytes, lines, shape, little, false);
      if (view !== undefined) views.push(view);
      const whole = startsWithWords(bytes, lines, shape) ? numberColumn(bytes, lines, shape, little, true) : undefined;
      if (whole !== undefined) views.push(whole);
    }
  }
  return views.filter((view) => view.bytes.length >= 4);
}

const OFFSET = /^\s*(?:0x)?[0-9a-fA-F]{4,16}(?::|\s)\s*/;
const FIRST_OFFSET = "000000";
const OFFSET_WITHIN = /[0-9a-fA-F]{7,16}(?::|\s)\s*(?=(?:[0-9a-fA-F]{2,22}\s+){3}|(?:(?:\S|\\\S|\d{3})\s{1,3}){4})/;
/** `od -An`: words of one width and no offset. */
const NUMBERS_ONLY = /^\s*(?:-?[0-9a-fA-F]{2,22}\s+)+-?[0-9a-fA-F]{2,22}\s*$/;
const WORD = /\S+/g;

export function dumpLines(bytes: Uint8Array): DumpLine[] {
  const lines: DumpLine[] = [];
  for (let start = 0; start < bytes.length; ) {
    const newline = bytes.indexOf(0x0a, start);
    const end = newline === -1 ? bytes.length : newline;
    const line =
      end - start <= LONGEST_LINE && mayBeDump(bytes, start, end)
        ? dumpLine(Buffer.from(bytes.subarray(start, end)).toString("latin1"), start)
        : undefined;
    if (line !== undefined) lines.push(line);
    start = end + 1;
  }
  return lines;
}

const LONGEST_LINE = 256;

const MINUS = 0x2d;

/** What each way in `offsetOf` needs: hex digits or an offset's zeros first, or these zeros somewhere. */
function mayBeDump(bytes: Uint8Array, start: number, end: number): boolean {
  for (let i = start; i < end; i++) {
    const byte = bytes[i]!;
    if (byte > 0x20 && byte !== 0x85 && byte !== 0xa0) {
      if (hexDigit(byte) >= 0 || byte === MINUS) return true;
      break;
    }
  }
  let zeros = 0;
  for (let i = start; i < end; i++) {
    zeros = bytes[i] === 0x30 ? zeros + 1 : 0;
    if (zeros === FIRST_OFFSET.length) return true;
  }
  return false;
}

function dumpLine(text: string, start: number): DumpLine | undefined {
  const offset = offsetOf(text);
  if (offset === undefined) return undefined;
  const body = text.slice(offset.length).replace(/\s+$/, "");
  const column = textStart(body, offset.trimEnd().endsWith(":"));
  const words = [...body.slice(0, column).matchAll(WORD)].map((match) => {
    const from = start + offset.length + match.index;
    return [from, from + match[0].length] as const;
  });
  if (words.length === 0) return undefined;
  const digits = start + offset.trimEnd().length;
  const bare = offset.trim();
  return {
    offset: /^[0-9a-fA-F]+$/.test(bare) ? [digits - bare.length, digits] : undefined,
    words,
    body: [digits, start + text.length],
    text: [start + offset.length + column, start + offset.length + body.length],
  };
}

/** Up to the first word: "" if there is no offset, undefined if it is no dump. The first line may stand behind others. */
function offsetOf(text: string): string | undefined {
  const offset = OFFSET.exec(text)?.[0];
  if (offset !== undefined) return isDumpLine(text.trim()) ? offset : undefined;
  const within = text.includes(FIRST_OFFSET) ? OFFSET_WITHIN.exec(text) : null;
  if (within !== null) return text.slice(0, within.index + within[0].length);
  return NUMBERS_ONLY.test(text) ? "" : undefined;
}

/** `hexdump -C` fences the text with bars, `od -z` with angle brackets, `xxd` puts two spaces before it. */
function textStart(body: string, colon: boolean): number {
  const fence = /\s{2,}[|>](.*)[|<]$/.exec(body);
  if (fence !== null) return fence.index;
  const gap = colon ? /^(?:[0-9a-fA-F]+ )+ /.exec(body) : null;
  return gap === null ? body.length : gap[0].length;
}

function textColumn(bytes: Uint8Array, lines: readonly DumpLine[]): Decoded {
  const out = new DecodedBuilder(lines.length * 18);
  for (const { text } of lines) for (let i = text[0]; i < text[1]; i++) out.add(bytes[i]!, i, i + 1);
  return out.done();
}

const CELL = 4;
/** What `od -c` writes for what can't be seen, and a blank for a blank; what `od -a` does. */
const CELLS = new Map([
  ["", 0x20],
  ["\\0", 0],
  ["\\a", 7],
  ["\\b", 8],
  ["\\t", 9],
  ["\\n", 10],
  ["\\v", 11],
  ["\\f", 12],
  ["\\r", 13],
  ["sp", 0x20],
  ["ht", 9],
  ["nl", 10],
  ["cr", 13],
]);

/** `od -c`: one character in each cell of four. */
function cells(bytes: Uint8Array, lines: readonly DumpLine[]): Decoded {
  const out = new DecodedBuilder(lines.length * 16);
  for (const { body } of lines) {
    for (let at = body[0]; at + CELL <= body[1]; at += CELL) {
      const cell = Buffer.from(bytes.subarray(at, at + CELL))
        .toString("latin1")
        .trim();
      const byte = CELLS.get(cell) ?? (cell.length === 3 ? Number.parseInt(cell, 8) : cell.charCodeAt(0));
      out.add(byte & 0xff, at, at + CELL);
    }
  }
  return out.done();
}

function numberColumn(
  bytes: Uint8Array,
  lines: readonly DumpLine[],
  shape: WordShape,
  little: boolean,
  withOffset: boolean,
): Decoded | undefined {
  const out = new DecodedBuilder(lines.length * 16);
  let words = 0;
  for (const line of lines) {
    const own = withOffset ? [line.offset!, ...line.words] : line.words;
    const stranger = own.findIndex((word) => !isWordOf(bytes, word, shape));
    const fitting = stranger === -1 ? own : own.slice(0, stranger);
    // Words of another kind are read as this one by chance.
    if (fitting.length < own.length * MIN_FITTING) continue;
    words += fitting.length;
    for (const [n, word] of fitting.entries()) {
      // The text column says the same once more.
      addBytes(out, bytes, shape, little, word, n === fitting.length - 1 ? line.text[1] : word[1]);
    }
    const rest = line === lines.at(-1) ? line.words[stranger] : undefined;
    if (rest !== undefined && shape.base === BYTE.base && shape.digits > BYTE.digits && isWordOf(bytes, rest, BYTE)) {
      addBytes(out, bytes, BYTE, false, rest, line.text[1]);
    }
  }
  return words < 2 ? undefined : out.done();
}

/** `od -An`: what looks like an offset is as long as the words are, and none of a decimal number's begins with a zero. */
function startsWithWords(bytes: Uint8Array, lines: readonly DumpLine[], shape: WordShape): boolean {
  return lines.every(
    ({ offset }) =>
      offset !== undefined && isWordOf(bytes, offset, shape) && (shape.base !== 10 || bytes[offset[0]] !== 0x30),
  );
}

/** The text column of some dumps is counted as words too. */
const MIN_FITTING = 0.5;

/** Digits of the base only, and as many as there are. */
function isWordOf(bytes: Uint8Array, [first, end]: readonly [number, number], { base, digits }: WordShape): boolean {
  const start = base === 10 && bytes[first] === MINUS ? first + 1 : first;
  if (base === 10 ? end - start > digits || end === start : end - start !== digits) return false;
  for (let i = start; i < end; i++) {
    const digit = hexDigit(bytes[i]!);
    if (digit < 0 || digit >= base) return false;
  }
  return true;
}

function addBytes(
  out: DecodedBuilder,
  bytes: Uint8Array,
  shape: WordShape,
  little: boolean,
  [lo, end]: readonly [number, number],
  hi: number,
): void {
  if (shape.base !== 16) {
    const number = BigInt(PREFIX[shape.base] + Buffer.from(bytes.subarray(lo, end)).toString("latin1"));
    for (let k = 0; k < shape.bytes; k++) {
      const place = BigInt(little ? k : shape.bytes - 1 - k);
      out.add(Number((number >> (place * 8n)) & 0xffn), lo, hi);
    }
    return;
  }
  for (let k = 0; k < shape.bytes; k++) {
    const at = lo + 2 * (little ? shape.bytes - 1 - k : k);
    out.add(hexDigit(bytes[at]!) * 16 + hexDigit(bytes[at + 1]!), lo, hi);
  }
}

const PREFIX = { 2: "0b", 8: "0o", 10: "" } as const;
