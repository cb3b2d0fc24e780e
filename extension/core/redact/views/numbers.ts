import { type Decoded, DecodedBuilder } from "../view.ts";
import { hexDigit } from "./escapes.ts";

const MIN_NUMBERS = 8;
const MAX_GAP = 6;

/** Arrays of bytes or code points: "[111, 118, 116]", "0x6f, 0x76", "01101111 01110110", "157 166 164". */
export function readNumbers(bytes: Uint8Array): Decoded[] {
  const views: Decoded[] = [];
  for (const base of [10, 16, 2, 8]) {
    const view = readBase(bytes, base);
    if (view !== undefined) views.push(view);
  }
  const bits = readBitString(bytes);
  if (bits !== undefined) views.push(bits);
  return views;
}

/** Eight binary digits without anything in between, from the start of their run on. */
function readBitString(bytes: Uint8Array): Decoded | undefined {
  const out = new DecodedBuilder(64);
  for (let i = 0; i < bytes.length; i++) {
    const start = i;
    while (i < bytes.length && isDigit(bytes[i]!, 2)) i++;
    if (i - start < 8 * MIN_NUMBERS) continue;
    for (let at = start; at + 8 <= i; at += 8) {
      let byte = 0;
      for (let k = 0; k < 8; k++) byte = byte * 2 + (bytes[at + k]! & 1);
      out.add(byte, at, at + 8);
    }
  }
  return out.length === 0 ? undefined : out.done();
}

function readBase(bytes: Uint8Array, base: number): Decoded | undefined {
  const out = new DecodedBuilder(64);
  let run = 0;
  let longest = 0;
  for (let i = 0; i < bytes.length; ) {
    const start = i;
    let gap = 0;
    while (i < bytes.length && !isDigit(bytes[i]!, base)) {
      if (isLetter(bytes[i]!) && !isPrefix(bytes, i, base)) gap = MAX_GAP;
      i++;
    }
    gap += i - start;
    if (gap > MAX_GAP) {
      if (run > 0) out.add(0x20, start, start);
      run = 0;
    }
    const from = i;
    let number = 0;
    while (i < bytes.length && isDigit(bytes[i]!, base) && i - from < 9) number = number * base + hexDigit(bytes[i++]!);
    if (i === from) continue;
    if (base === 16 && number === 0 && i - from === 1 && (bytes[i] ?? 0) === 0x78) {
      i++;
      continue;
    }
    if (number < 256 && fits(i - from, base)) {
      out.add(number, from, i);
      run++;
      longest = Math.max(longest, run);
    } else run = 0;
  }
  return longest >= MIN_NUMBERS ? out.done() : undefined;
}

function fits(digits: number, base: number): boolean {
  return base === 2 ? digits >= 7 && digits <= 8 : base === 16 ? digits <= 2 : digits <= 3;
}

function isDigit(byte: number, base: number): boolean {
  const digit = hexDigit(byte);
  return digit >= 0 && digit < base;
}

function isLetter(byte: number): boolean {
  const lower = byte | 0x20;
  return lower >= 0x61 && lower <= 0x7a;
}

/** The x of 0x6f, the b of 0b01, the o of 0o157. */
function isPrefix(bytes: Uint8Array, at: number, base: number): boolean {
  return bytes[at - 1] === 0x30 && base !== 10 && /[xXbBoO]/.test(String.fromCharCode(bytes[at]!));
}
