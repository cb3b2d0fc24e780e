import type { Hit } from "./gram-hit.ts";

/** The bytes that a value is, or that a key stands for which is kept as hex, base64 or a UUID. */
export interface RawValue {
  readonly secret: number;
  readonly bytes: Uint8Array;
  /** False for text, which is found by its letters and digits: then only numbers that say it are noticed. */
  readonly isKey: boolean;
}

/** Where four bytes in a row of such values stand. */
export interface RawBytes {
  readonly values: readonly RawValue[];
  /** One bit per hash of four bytes in a row. */
  readonly bits: Uint8Array;
  /** The same four bytes of keys → places, each a value's number and a byte of it. */
  readonly places: Map<number, readonly (readonly [value: number, at: number])[]>;
}

const WINDOW = 4;
/** Of a key: less is too likely to be chance, as four bytes alone are in a table of numbers. */
const MIN_RUN = 8;
const BITS = 20;

export function buildRawBytes(values: readonly RawValue[]): RawBytes {
  const bits = new Uint8Array(1 << (BITS - 3));
  const places = new Map<number, [number, number][]>();
  values.forEach(({ bytes, isKey }, value) => {
    for (let at = 0; at + WINDOW <= bytes.length; at++) {
      if (isOneByte(bytes, at)) continue;
      const window = windowAt(bytes, at);
      const bit = bitOf(window);
      bits[bit >> 3]! |= 1 << (bit & 7);
      if (!isKey) continue;
      const known = places.get(window);
      if (known === undefined) places.set(window, [[value, at]]);
      else known.push([value, at]);
    }
    // Of text only the bits are looked at: no copy of it has to stay.
    if (!isKey) bytes.fill(0);
  });
  return { values, bits, places };
}

/** Whether the four bytes may be ones of a value. */
export function isRawWindow({ bits }: RawBytes, bytes: Uint8Array, at: number): boolean {
  const bit = bitOf(windowAt(bytes, at));
  return ((bits[bit >> 3]! >> (bit & 7)) & 1) === 1;
}

/** Every run of a key's bytes: for what decoders made, not for text. */
export function searchRawBytes({ values, bits, places }: RawBytes, bytes: Uint8Array): Hit[] {
  const hits: Hit[] = [];
  if (places.size === 0) return hits;
  for (let at = 0; at + MIN_RUN <= bytes.length; at++) {
    const window = windowAt(bytes, at);
    const bit = bitOf(window);
    if (((bits[bit >> 3]! >> (bit & 7)) & 1) === 0) continue;
    let longest = 0;
    let secret = 0;
    let whole = false;
    for (const [value, from] of places.get(window) ?? []) {
      const key = values[value]!;
      const run = runOf(key.bytes, from, bytes, at);
      if (run <= longest) continue;
      longest = run;
      secret = key.secret;
      whole = run === key.bytes.length;
    }
    if (longest < MIN_RUN) continue;
    hits.push({ secret, start: at, end: at + longest, run: longest, whole });
    at += longest - 1;
  }
  return hits;
}

export function wipeRawBytes({ values, bits, places }: RawBytes): void {
  bits.fill(0);
  places.clear();
  for (const { bytes } of values) bytes.fill(0);
}

function runOf(key: Uint8Array, from: number, bytes: Uint8Array, at: number): number {
  let run = 0;
  while (from + run < key.length && at + run < bytes.length && key[from + run] === bytes[at + run]) run++;
  return run;
}

/** Zeros and padding stand everywhere. */
function isOneByte(bytes: Uint8Array, at: number): boolean {
  return bytes[at] === bytes[at + 1] && bytes[at] === bytes[at + 2] && bytes[at] === bytes[at + 3];
}

function windowAt(bytes: Uint8Array, at: number): number {
  return ((bytes[at]! << 24) | (bytes[at + 1]! << 16) | (bytes[at + 2]! << 8) | bytes[at + 3]!) >>> 0;
}

function bitOf(window: number): number {
  return Math.imul(window, 0x9e3779b1) >>> (32 - BITS);
}
