import { setImmediate as nextTurn } from "node:timers/promises";
import { randomBuffer } from "../crypto/random.ts";
import { base64Cores } from "./base-encodings.ts";
import { CODE } from "./fold.ts";
import { skeletonOf } from "./skeleton.ts";
import { decodeEscapes } from "./views/escapes.ts";

/** A stretch of the bytes that shows a whole value. */
export interface WholeSpan {
  readonly start: number;
  readonly end: number;
  readonly names: readonly string[];
}

/**
 * Finds values that stand somewhere as a whole: plain, in hex or in base64, with any signs between, and behind one layer
 * of escapes. Who gives texts and sees what is found must not find a value out piece by piece. So this holds no value:
 * only hashes of all its letters and digits under a random key. How long a search takes doesn't depend on how much of
 * a value there is.
 */
export class WholeValues {
  readonly #base: readonly [number, number];
  readonly #byLength = new Map<number, Forms>();

  constructor() {
    const random = randomBuffer(8);
    this.#base = [random.readInt32LE(0) | 1, random.readInt32LE(4) | 1];
  }

  add(name: string, value: Uint8Array): void {
    this.#addForm(name, value, "plain");
    this.#addForm(name, Buffer.from(Buffer.from(value).toString("hex")), "hex");
    for (const core of base64Cores(value)) this.#addForm(name, Buffer.from(core), "base64");
  }

  /** In order, and without overlaps. A few milliseconds at a time: an editor may run on the same event loop. */
  async find(bytes: Uint8Array): Promise<readonly WholeSpan[]> {
    const spans = await this.#search(bytes);
    const unescaped = decodeEscapes(bytes);
    if (unescaped !== undefined) {
      const { lo, hi } = unescaped;
      for (const { start, end, names } of await this.#search(unescaped.bytes)) {
        spans.push({ start: lo[start]!, end: hi[end - 1]!, names });
      }
    }
    return merged(spans);
  }

  #addForm(name: string, text: Uint8Array, kind: Form["kind"]): void {
    const { codes, length } = skeletonOf(text);
    if (length === 0) return;
    const forms = this.#byLength.get(length) ?? newForms(this.#base, length);
    this.#byLength.set(length, forms);
    const [one, other] = this.#base.map((base) => hashOf(codes, base, length)) as [number, number];
    const key = keyOf(one, other);
    forms.filter[(one >>> 21) & FILTER_MASK]! |= 1 << ((one >>> 16) & 31);
    const same = forms.found.get(key);
    const form = { names: [...(same?.names ?? []), name], kind, before: leading(text, 1), after: leading(text, -1) };
    forms.found.set(key, form);
  }

  async #search(bytes: Uint8Array): Promise<WholeSpan[]> {
    const { codes, at, length } = skeletonOf(bytes);
    const [baseOne, baseOther] = this.#base;
    const spans: WholeSpan[] = [];
    let began = performance.now();
    for (const [size, { filter, found, outOne, outOther }] of this.#byLength) {
      let one = 0;
      let other = 0;
      for (let i = 0; i < length; i++) {
        const last = i < size ? 0 : codes[i - size]!;
        one = (Math.imul(one, baseOne) + codes[i]! - Math.imul(last, outOne)) | 0;
        other = (Math.imul(other, baseOther) + codes[i]! - Math.imul(last, outOther)) | 0;
        if (i + 1 < size || ((filter[(one >>> 21) & FILTER_MASK]! >>> ((one >>> 16) & 31)) & 1) === 0) continue;
        const form = found.get(keyOf(one, other));
        if (form !== undefined) spans.push(widened(bytes, at[i + 1 - size]!, at[i]! + 1, form));
      }
      if (performance.now() - began < TURN_MS) continue;
      await nextTurn();
      began = performance.now();
    }
    return spans;
  }
}

interface Forms {
  /** One bit per hash: nearly all places of a text end here. */
  readonly filter: Int32Array;
  readonly found: Map<number, Form>;
  /** What a letter counts when it leaves the window. */
  readonly outOne: number;
  readonly outOther: number;
}

interface Form {
  readonly names: readonly string[];
  readonly kind: "plain" | "hex" | "base64";
  /** The signs before and after the letters and digits. */
  readonly before: Uint8Array;
  readonly after: Uint8Array;
}

const TURN_MS = 5;
const FILTER_MASK = 0x7ff;

function newForms([one, other]: readonly [number, number], length: number): Forms {
  return {
    filter: new Int32Array(FILTER_MASK + 1),
    found: new Map(),
    outOne: power(one, length),
    outOther: power(other, length),
  };
}

function power(base: number, exponent: number): number {
  let result = 1;
  for (let i = 0; i < exponent; i++) result = Math.imul(result, base);
  return result;
}

function hashOf(codes: Uint8Array, base: number, length: number): number {
  let hash = 0;
  for (let i = 0; i < length; i++) hash = (Math.imul(hash, base) + codes[i]!) | 0;
  return hash;
}

/** 53 bits of the two. */
function keyOf(one: number, other: number): number {
  return (one >>> 0) * 0x200000 + ((other >>> 0) & 0x1fffff);
}

function leading(text: Uint8Array, step: 1 | -1): Uint8Array {
  const signs: number[] = [];
  for (let i = step === 1 ? 0 : text.length - 1; CODE[text[i]!] === 0; i += step) signs.push(text[i]!);
  return Uint8Array.from(signs);
}

/** With the value's own signs around; a base64 run may hold bits of it in two characters more on each side. */
function widened(bytes: Uint8Array, start: number, end: number, { names, kind, before, after }: Form): WholeSpan {
  let from = start;
  let to = end;
  if (kind === "base64") {
    while (start - from < 2 && isBase64(bytes[from - 1])) from--;
    while (to - end < 2 && isBase64(bytes[to])) to++;
    while (bytes[to] === 0x3d) to++;
  }
  if (kind === "plain") {
    for (let i = before.length - 1; i >= 0 && bytes[from - 1] === before[i]; i--) from--;
    for (let i = after.length - 1; i >= 0 && bytes[to] === after[i]; i--) to++;
  }
  return { start: from, end: to, names };
}

function isBase64(byte: number | undefined): boolean {
  return byte !== undefined && (CODE[byte] !== 0 || byte === 0x2b || byte === 0x2f || byte === 0x2d || byte === 0x5f);
}

function merged(spans: readonly WholeSpan[]): readonly WholeSpan[] {
  const kept: WholeSpan[] = [];
  for (const span of spans.toSorted((a, b) => a.start - b.start)) {
    const last = kept.at(-1);
    if (last === undefined || span.start >= last.end) kept.push(span);
    else {
      const names = [...new Set([...last.names, ...span.names])];
      kept[kept.length - 1] = { start: last.start, end: Math.max(last.end, span.end), names };
    }
  }
  return kept;
}
