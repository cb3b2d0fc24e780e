import { randomBuffer } from "../crypto/random.ts";
import { escapeEnd } from "../redact/ansi.ts";
import { base64Cores } from "../redact/base-encodings.ts";
import { valueParts } from "../redact/value-parts.ts";
import { decodeEscapes } from "../redact/views/escapes.ts";

/**
 * Tells a value that a program prints in passing (as it is, escaped, in a header's base64) from one in a form that
 * hides it from a simple look: reversed, rotated, in hex, letter by letter, packed. In doubt it is a usual form. Of the
 * values it holds hashes of six bytes under a random key, of any case.
 */
export class UsualForms {
  readonly #key = randomBuffer(4).readInt32LE() | 1;
  readonly #windows: Int32Array;
  readonly #mask: number;
  /** Too short to tell. */
  readonly #exempt = new Set<string>();

  constructor(values: readonly { readonly name: string; readonly value: Uint8Array }[]) {
    const texts = values.flatMap(({ value }) => usualTexts(value));
    const size = texts.reduce((sum, text) => sum + text.length, 0);
    const bits = 2 ** Math.ceil(Math.log2(Math.max(1024, size * 16)));
    this.#windows = new Int32Array(bits / 32);
    this.#mask = bits - 1;
    for (const text of texts) {
      for (let at = 0; at + WINDOW <= text.length; at++) {
        const bit = this.#bit(text, at);
        this.#windows[bit >>> 5]! |= 1 << (bit & 31);
      }
    }
    for (const { name, value } of values) if (value.length < MIN_VALUE) this.#exempt.add(name);
  }

  /** `bytes` were redacted as showing these. */
  isUsual(bytes: Uint8Array, names: readonly string[]): boolean {
    if (names.some((name) => this.#exempt.has(name))) return true;
    let shown: Uint8Array | undefined = withoutControls(bytes);
    for (let layer = 0; layer <= MAX_LAYERS && shown !== undefined; layer++) {
      if (this.#holds(shown)) return true;
      shown = decodeEscapes(shown)?.bytes;
    }
    return false;
  }

  wipe(): void {
    this.#windows.fill(0);
  }

  /** Seven bytes in a row are no chance. */
  #holds(bytes: Uint8Array): boolean {
    let inRow = 0;
    for (let at = 0; at + WINDOW <= bytes.length; at++) {
      const bit = this.#bit(bytes, at);
      inRow = ((this.#windows[bit >>> 5]! >>> (bit & 31)) & 1) === 1 ? inRow + 1 : 0;
      if (inRow >= 2) return true;
    }
    return false;
  }

  #bit(bytes: Uint8Array, at: number): number {
    let hash = this.#key;
    for (let i = at; i < at + WINDOW; i++) hash = Math.imul(hash ^ folded(bytes[i]!), 0x01000193);
    hash = Math.imul(hash ^ (hash >>> 15), this.#key);
    return (hash ^ (hash >>> 13)) & this.#mask;
  }
}

const WINDOW = 6;
/** A shorter value has hardly a window. */
const MIN_VALUE = 10;
/** JSON within JSON. */
const MAX_LAYERS = 2;

/** What counts as usual of a value and of the secrets inside it; a key that is kept as text is also its bytes, as hex too. */
function usualTexts(value: Uint8Array): readonly Uint8Array[] {
  return valueParts(value).flatMap(({ bytes }) => {
    const texts = [bytes, ...base64Cores(bytes).flatMap((core) => [Buffer.from(core), urlAlphabet(core)])];
    return isText(bytes) ? texts : [...texts, Buffer.from(Buffer.from(bytes).toString("hex"))];
  });
}

function urlAlphabet(core: string): Uint8Array {
  return Buffer.from(core.replaceAll("+", "-").replaceAll("/", "_"));
}

function isText(bytes: Uint8Array): boolean {
  return bytes.every((byte) => (byte >= 0x20 && byte < 0x7f) || (byte >= 9 && byte <= 13));
}

function folded(byte: number): number {
  return byte >= 0x41 && byte <= 0x5a ? byte | 0x20 : byte;
}

/** Colours and cursor movements, as shells put between typed letters; and the zeros of UTF-16. */
function withoutControls(bytes: Uint8Array): Uint8Array {
  const kept: number[] = [];
  for (let i = 0; i < bytes.length; ) {
    const byte = bytes[i]!;
    if (byte === 0x1b) i = escapeEnd(bytes, i, bytes.length) ?? bytes.length;
    else {
      if (byte !== 0 && byte !== 8 && byte !== 0x0d) kept.push(byte);
      i++;
    }
  }
  return Uint8Array.from(kept);
}
