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
  /** Open addressing; 0 = free. */
  readonly #hashes: Int32Array;
  /** Too short to tell, or with letters that programs often garble. */
  readonly #exempt = new Set<string>();

  constructor(values: readonly { readonly name: string; readonly value: Uint8Array }[]) {
    const texts = values.flatMap(({ value }) => usualTexts(value));
    const size = texts.reduce((sum, text) => sum + text.length, 0);
    this.#hashes = new Int32Array(2 ** Math.ceil(Math.log2(Math.max(64, size * 2))));
    for (const text of texts) {
      for (let at = 0; at + WINDOW <= text.length; at++) {
        const hash = this.#hash(text, at);
        this.#hashes[this.#place(hash)] = hash;
      }
      text.fill(0);
    }
    for (const { name, value } of values) if (value.length < MIN_VALUE || !isText(value)) this.#exempt.add(name);
  }

  /** `bytes` were redacted as showing these. */
  isUsual(bytes: Uint8Array, names: readonly string[]): boolean {
    if (names.some((name) => this.#exempt.has(name))) return true;
    let shown: Uint8Array | undefined = withoutControls(bytes);
    for (let layer = 0; layer <= MAX_LAYERS && shown !== undefined; layer++) {
      if (readings(shown).some((reading) => this.#holds(reading))) return true;
      shown = decodeEscapes(shown)?.bytes;
    }
    return false;
  }

  wipe(): void {
    this.#hashes.fill(0);
  }

  /** Seven bytes in a row are no chance. */
  #holds(bytes: Uint8Array): boolean {
    let inRow = 0;
    for (let at = 0; at + WINDOW <= bytes.length; at++) {
      inRow = this.#hashes[this.#place(this.#hash(bytes, at))] === 0 ? 0 : inRow + 1;
      if (inRow >= 2) return true;
    }
    return false;
  }

  /** Where a hash is, or would be. */
  #place(hash: number): number {
    const mask = this.#hashes.length - 1;
    let at = hash & mask;
    while (this.#hashes[at] !== 0 && this.#hashes[at] !== hash) at = (at + 1) & mask;
    return at;
  }

  #hash(bytes: Uint8Array, at: number): number {
    let hash = this.#key;
    for (let i = at; i < at + WINDOW; i++) hash = Math.imul(hash ^ FOLDED[bytes[i]!]!, 0x01000193);
    hash = Math.imul(hash ^ (hash >>> 15), this.#key);
    return (hash ^ (hash >>> 13)) | 0 || 1;
  }
}

const WINDOW = 6;
/** A shorter value has hardly a window. */
const MIN_VALUE = 10;
/** JSON within JSON within a URL. */
const MAX_LAYERS = 3;

/** As it is; a base64 within base64, as in a Kubernetes secret with a Docker configuration; and a key's bytes with signs between. */
function readings(shown: Uint8Array): readonly Uint8Array[] {
  const text = Buffer.from(shown).toString("latin1");
  if (/^[\s0-9a-fA-F:.,-]+$/.test(text)) return [shown, Buffer.from(text.replace(/[^0-9a-fA-F]/g, ""), "latin1")];
  if (!BASE64_LINES.test(text)) return [shown];
  // Of packed data, some may be stored as it is.
  return [shown, ...ALIGNMENTS.map((cut) => decoded(text, cut)).filter(isText)];
}

/** Not letters on lines of their own: read as base64, those could be a key's bytes. */
const BASE64_LINES = /^(?:[A-Za-z0-9+/_-]{16,}\s+)*[A-Za-z0-9+/_-]{16,}=*\s*$/;
/** Where a stretch of base64 may begin. */
const ALIGNMENTS = [0, 1, 2, 3];

function decoded(text: string, cut: number): Uint8Array {
  return withoutControls(Buffer.from(text.replace(/\s/g, "").slice(cut), "base64"));
}

/** What counts as usual of a value and of the secrets inside it; a key that is kept as text is also its bytes, as hex too. */
function usualTexts(value: Uint8Array): readonly Uint8Array[] {
  return valueParts(value).flatMap(({ bytes }) => {
    const texts = [bytes, ...base64Cores(bytes).flatMap(bothAlphabets)];
    return isText(bytes) ? texts : [...texts, Buffer.from(Buffer.from(bytes).toString("hex"))];
  });
}

function bothAlphabets(core: string): readonly Uint8Array[] {
  const other = core.replaceAll("+", "-").replaceAll("/", "_");
  return (other === core ? [core] : [core, other]).map((text) => Buffer.from(text, "latin1"));
}

function isText(bytes: Uint8Array): boolean {
  return bytes.every((byte) => (byte >= 0x20 && byte < 0x7f) || (byte >= 9 && byte <= 13));
}

/** Capitals as small letters. */
const FOLDED = Uint8Array.from({ length: 256 }, (_, byte) => (byte >= 0x41 && byte <= 0x5a ? byte | 0x20 : byte));

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
