import { type Decoded, DecodedBuilder } from "../view.ts";
import { hexDigit } from "./escapes.ts";

const MIN_NUMBERS = 8;
const MAX_GAP = 16;

/** Arrays of bytes or code points: "[111, 118, 116]", "0x6f, 0x76", "01101111 01110110", "157 166 164". */
export function readNumbers(bytes: Uint8Array): Decoded[] {
  const views: Decoded[] = [];
  for (const series of seriesIn(bytes)) {
    const has = contentOf(bytes, series);
    if (has.decimal) views.push(readBase(bytes, series, 10));
    if (has.hex) views.push(readBase(bytes, series, 16));
    if (has.binary) views.push(readBase(bytes, series, 2));
    if (has.octal) views.push(readBase(bytes, series, 8));
    if (has.bitString) views.push(readBitString(bytes, series));
    if (has.minus) views.push(readSigned(bytes, series));
    if (has.words) views.push(readHexWords(bytes, series, true), readHexWords(bytes, series, false));
    for (const size of has.decimalWords) {
      views.push(readDecimalWords(bytes, series, size, true), readDecimalWords(bytes, series, size, false));
    }
    if (has.triples) for (const phase of [0, 1, 2]) views.push(readTriples(bytes, series, phase));
  }
  return views.filter((view) => view.bytes.length >= MIN_NUMBERS);
}

/** Which of the ways to read a series can give enough bytes: most give none. */
interface Content {
  readonly decimal: boolean;
  readonly hex: boolean;
  readonly binary: boolean;
  readonly octal: boolean;
  readonly bitString: boolean;
  readonly minus: boolean;
  readonly words: boolean;
  /** Of so many bytes each. */
  readonly decimalWords: readonly (2 | 4 | 8)[];
  readonly triples: boolean;
}

/** Of how many digits each run is tells; `readBase` reads a long one in pieces of nine. */
function contentOf(bytes: Uint8Array, { start, end }: Series): Content {
  let [decimals, hexes, binaries, octals] = [0, 0, 0, 0];
  let [decimal, hex, binary, octal] = [0, 0, 0, 0];
  let [longestDecimal, longestBinary, words] = [0, 0, 0];
  let [halves, fulls, doubles] = [0, 0, 0];
  let minus = false;
  for (let i = start; i <= end; i++) {
    const digit = i < end ? DIGIT[bytes[i]!]! : -1;
    if (digit < 0 || digit > 1) {
      if (binary > 0) {
        binaries += binary % PIECE >= 6 || isLetter(bytes[i - binary - 1]) ? 1 : 0;
        longestBinary = Math.max(longestBinary, binary);
        binary = 0;
      }
      if (digit < 0 || digit > 7) {
        octals += isShort(octal, 3);
        octal = 0;
      }
      if (digit < 0 || digit > 9) {
        decimals += isShort(decimal, 3);
        longestDecimal = Math.max(longestDecimal, decimal);
        halves += decimal >= 4 && decimal <= 5 ? 2 : 0;
        fulls += decimal >= 6 && decimal <= 10 ? 4 : 0;
        doubles += decimal >= 15 && decimal <= 20 ? 8 : 0;
        decimal = 0;
      }
      if (digit < 0) {
        hexes += isShort(hex, 2);
        words += hex === 4 && isX(bytes, i - 5) ? 2 : hex === 8 ? 4 : hex === 16 ? 8 : 0;
        hex = 0;
        minus ||= bytes[i] === 0x2d;
        continue;
      }
    } else binary++;
    if (digit < 8) octal++;
    if (digit < 10) decimal++;
    hex++;
  }
  return {
    decimal: decimals >= MIN_NUMBERS,
    hex: hexes >= MIN_NUMBERS,
    binary: binaries >= MIN_NUMBERS,
    octal: octals >= MIN_NUMBERS,
    bitString: longestBinary >= 8 * MIN_NUMBERS,
    minus: minus || bytes[start - 1] === 0x2d,
    words: words >= MIN_NUMBERS,
    decimalWords: [
      ...(halves >= MIN_NUMBERS ? [2 as const] : []),
      ...(fulls >= MIN_NUMBERS ? [4 as const] : []),
      ...(doubles >= MIN_NUMBERS ? [8 as const] : []),
    ],
    triples: longestDecimal >= 3 * MIN_NUMBERS,
  };
}

const PIECE = 9;

/** 1 if the last piece of a run is no longer than `most`. */
function isShort(digits: number, most: number): 0 | 1 {
  const rest = digits % PIECE;
  return rest > 0 && rest <= most ? 1 : 0;
}

interface Series {
  readonly start: number;
  readonly end: number;
}

/** Where many numbers follow each other with no words in between; a long string of digits counts as many. */
function seriesIn(bytes: Uint8Array): Series[] {
  const series: Series[] = [];
  let numbers = 0;
  let start = 0;
  let end = 0;
  let digits = 0;
  for (let i = 0; i <= bytes.length; i++) {
    const byte = bytes[i] ?? 0;
    if (DIGIT[byte]! >= 0 && i < bytes.length) {
      if (numbers === 0) start = i;
      if (digits++ % 3 === 0) numbers++;
      end = i + 1;
      continue;
    }
    digits = 0;
    if (numbers === 0 || (i < bytes.length && i - end < MAX_GAP && !isWord(bytes, i))) continue;
    if (numbers >= MIN_NUMBERS) series.push({ start, end });
    numbers = 0;
  }
  return series;
}

const DIGIT = Int8Array.from({ length: 256 }, (_, byte) => hexDigit(byte));

/** Two letters: more than the x of 0x6f, the b of 0b01, the o of 0o157, or a character beside its number. */
function isWord(bytes: Uint8Array, at: number): boolean {
  if (isX(bytes, at) && bytes[at - 1] === 0x30) return false;
  return isLetter(bytes[at]) && (isLetter(bytes[at - 1]) || isLetter(bytes[at + 1]));
}

/** 0x makes hex of four digits that may be a year, a port or a count. */
function isX(bytes: Uint8Array, at: number): boolean {
  return (bytes[at]! | 0x20) === 0x78;
}

function isLetter(byte: number | undefined): boolean {
  const lower = (byte ?? 0) | 0x20;
  return lower >= 0x61 && lower <= 0x7a;
}

function readBase(bytes: Uint8Array, { start, end }: Series, base: number): Decoded {
  const out = new DecodedBuilder(64);
  for (let i = start; i < end; ) {
    const from = i;
    let number = 0;
    while (i < end && i - from < PIECE && isDigit(bytes[i]!, base)) number = number * base + DIGIT[bytes[i++]!]!;
    if (i === from) i++;
    else if (number < 256 && fits(i - from, base, bytes[from - 1]) && !isBasePrefix(bytes, from, i))
      out.add(number, from, i);
  }
  return out.done();
}

function isDigit(byte: number, base: number): boolean {
  const digit = DIGIT[byte]!;
  return digit >= 0 && digit < base;
}

/** `before` the digits stands the b of 0b01, or something else. */
function fits(digits: number, base: number, before: number | undefined): boolean {
  return base === 2 ? (digits >= 6 || isLetter(before)) && digits <= 8 : digits <= (base === 16 ? 2 : 3);
}

function isBasePrefix(bytes: Uint8Array, from: number, to: number): boolean {
  return to - from === 1 && bytes[from] === 0x30 && isLetter(bytes[to]) && !isWord(bytes, to);
}

/** Bytes of a language that has signed ones: "[-1, -2, 111]". */
function readSigned(bytes: Uint8Array, { start, end }: Series): Decoded {
  const out = new DecodedBuilder(64);
  let negative = false;
  for (let i = start; i < end; ) {
    const from = i;
    let number = 0;
    while (i < end && i - from < 4 && isDigit(bytes[i]!, 10)) number = number * 10 + DIGIT[bytes[i++]!]!;
    if (i === from) i++;
    else if (bytes[from - 1] === 0x2d && number <= 128) {
      negative = true;
      out.add((256 - number) & 0xff, from - 1, i);
    } else if (number < 128) out.add(number, from, i);
  }
  return negative ? out.done() : new DecodedBuilder(0).done();
}

/** Words of 8 or 16 hex digits as a debugger prints memory, and 0x with 4; `little`: the last byte first. */
function readHexWords(bytes: Uint8Array, { start, end }: Series, little: boolean): Decoded {
  const out = new DecodedBuilder(64);
  for (let i = start; i < end; i++) {
    const from = i;
    while (i < end && DIGIT[bytes[i]!]! >= 0) i++;
    if (i - from !== 8 && i - from !== 16 && (i - from !== 4 || !isX(bytes, from - 1))) continue;
    for (let n = 0; n < i - from; n += 2) {
      const at = little ? i - 2 - n : from + n;
      out.add(DIGIT[bytes[at]!]! * 16 + DIGIT[bytes[at + 1]!]!, from, i);
    }
  }
  return out.done();
}

/** Decimal numbers of two, four or eight bytes each, as of a Uint16Array or of `struct.unpack`. */
function readDecimalWords(bytes: Uint8Array, { start, end }: Series, size: 2 | 4 | 8, little: boolean): Decoded {
  const out = new DecodedBuilder(64);
  for (let i = start; i < end; i++) {
    const from = i;
    let number = 0;
    while (i < end && i - from < LONGEST_WORD && isDigit(bytes[i]!, 10)) number = number * 10 + DIGIT[bytes[i++]!]!;
    if (i === from || number >= 2 ** (8 * size)) continue;
    const sign = bytes[from - 1] === 0x2d ? -1 : 1;
    if (size === 8) addDouble(out, BigInt(sign) * BigInt(latin1(bytes, from, i)), little, from, i);
    else for (let n = 0; n < size; n++) out.add(byteOf(sign * number, little ? n : size - 1 - n), from, i);
  }
  return out.done();
}

/** Digits of eight bytes. */
const LONGEST_WORD = 20;

function byteOf(number: number, place: number): number {
  return Math.floor(number / 2 ** (8 * place)) & 0xff;
}

function addDouble(out: DecodedBuilder, number: bigint, little: boolean, from: number, to: number): void {
  for (let n = 0; n < 8; n++) out.add(Number((number >> BigInt(8 * (little ? n : 7 - n))) & 0xffn), from, to);
}

function latin1(bytes: Uint8Array, from: number, to: number): string {
  return Buffer.from(bytes.subarray(from, to)).toString("latin1");
}

/** Three decimal digits each, without anything in between. */
function readTriples(bytes: Uint8Array, { start, end }: Series, phase: number): Decoded {
  const out = new DecodedBuilder(64);
  for (let i = start; i < end; i++) {
    const from = i;
    while (i < end && isDigit(bytes[i]!, 10)) i++;
    if (i - from < 3 * MIN_NUMBERS) continue;
    for (let at = from + phase; at + 3 <= i; at += 3) {
      const byte = DIGIT[bytes[at]!]! * 100 + DIGIT[bytes[at + 1]!]! * 10 + DIGIT[bytes[at + 2]!]!;
      if (byte < 256) out.add(byte, at, at + 3);
    }
  }
  return out.done();
}

/** Eight binary digits without anything in between, from the start of their run on. */
function readBitString(bytes: Uint8Array, { start, end }: Series): Decoded {
  const out = new DecodedBuilder(64);
  for (let i = start; i < end; i++) {
    const from = i;
    while (i < end && isDigit(bytes[i]!, 2)) i++;
    if (i - from < 8 * MIN_NUMBERS) continue;
    for (let at = from; at + 8 <= i; at += 8) {
      let byte = 0;
      for (let k = 0; k < 8; k++) byte = byte * 2 + (bytes[at + k]! & 1);
      out.add(byte, at, at + 8);
    }
  }
  return out.done();
}
