import { escapeEnd } from "./ansi.ts";
import { encodedPlaces, MIN_ENCODED } from "./encoded-text.ts";
import { FIRST_DIGIT } from "./fold.ts";
import { CLASSES, CLASSES_WITH_ACCENTS, type Folded, fold, placeOf } from "./fold-pass.ts";
import { canonical, GRAM, GRAM_MASK, headOf } from "./gram-index.ts";
import { isRun } from "./gram-run.ts";
import type { Tables } from "./inspect.ts";
import { LineWatch } from "./line-watch.ts";
import { scanNeedles } from "./needle-search.ts";
import { isNumberArray } from "./number-array.ts";
import { isTrigger } from "./triggers.ts";

const BLOCK = 1 << 14;
/** Symbols kept from block to block: enough to measure a run of eight across the border. */
const KEPT = 16;

/**
 * The only pass over bytes that show nothing: it finds every place that `inspect` could object to, and many more. It
 * keeps its state from push to push, so a chunk's border hides nothing.
 */
export class FastScan {
  #suspects: number[] = [];
  readonly #tables: Tables;
  readonly #folded: Folded;
  readonly #lines: LineWatch;
  #next = 0;
  #row = 0;
  #needled = 0;
  #digitWindows = 0;
  /** Triggers that depend on bytes which have not come yet. */
  #unsure: number[] = [];

  constructor(tables: Tables) {
    this.#tables = tables;
    this.#lines = new LineWatch(tables.grams);
    this.#folded = {
      symbols: new Uint8Array(KEPT + GRAM + BLOCK),
      count: 0,
      special: new Int32Array(BLOCK + 1),
      specials: 0,
      run: 0,
      runs: 0,
      marks: [],
    };
  }

  /** Scans from `from`; returns how far it came: an escape sequence that isn't complete waits, unless `final`. */
  scan(bytes: Uint8Array, from: number, end: number, final: boolean): number {
    let at = from;
    let esc = nextEscape(bytes, at, end);
    while (at < end) {
      const stop = Math.min(end, at + BLOCK);
      const before = this.#folded.count;
      const start = at;
      let waiting = false;
      while (at < stop && !waiting) {
        const until = Math.min(stop, esc);
        fold(this.#tables.accents ? CLASSES_WITH_ACCENTS : CLASSES, bytes, at, until, this.#folded);
        at = until;
        if (at < stop) {
          const after = escapeEnd(bytes, at, end) ?? (final ? end : undefined);
          waiting = after === undefined;
          at = after ?? at;
          this.#folded.run = 0;
          if (!waiting) esc = nextEscape(bytes, at, end);
        }
      }
      this.#judge(bytes, start, at, end, before);
      if (waiting) break;
    }
    this.#needles(bytes.subarray(0, end), final ? end : at - 1);
    return at;
  }

  /** The buffer's first `bytes` were dropped. */
  shift(bytes: number): void {
    this.#suspects = this.#suspects.map((at) => at - bytes);
    this.#unsure = this.#unsure.map((at) => at - bytes);
    this.#needled -= bytes;
    this.#lines.shift(bytes);
  }

  /** The places to inspect, as indices into the buffer, ascending. */
  takeSuspects(): readonly number[] {
    const suspects = this.#suspects.sort((a, b) => a - b);
    this.#suspects = [];
    return suspects;
  }

  putBack(suspects: readonly number[]): void {
    this.#suspects.push(...suspects);
  }

  #judge(bytes: Uint8Array, from: number, to: number, end: number, before: number): void {
    const folded = this.#folded;
    const unsure = this.#unsure;
    this.#unsure = [];
    for (const at of unsure) this.#trigger(bytes, at, end);
    for (let k = 0; k < folded.specials; k++) {
      const at = folded.special[k]!;
      if (bytes[at] !== 0x0a) this.#trigger(bytes, at, end);
      else if (this.#lines.line(bytes, at)) this.#suspects.push(at);
    }
    if (folded.runs >= MIN_ENCODED) encodedPlaces(bytes, from, to, this.#suspects);
    this.#grams(bytes, before);
    folded.specials = 0;
    folded.runs = folded.run;
    folded.marks = [];
  }

  #trigger(bytes: Uint8Array, at: number, end: number): void {
    const found = isTrigger(this.#tables.grams, bytes, at, end, this.#tables.accents);
    if (found === undefined) this.#unsure.push(at);
    else if (found) this.#suspects.push(at);
  }

  /** One byte behind, since a needle may need to see what follows it. */
  #needles(bytes: Uint8Array, to: number): void {
    const { needles, names } = this.#tables;
    if (needles === undefined || to <= this.#needled) return;
    this.#row = scanNeedles(needles, names, bytes, this.#needled, to, this.#row, (_needle, _start, after) => {
      this.#suspects.push(after - 1);
    });
    this.#needled = to;
  }

  /** Many digits in a row: an array of numbers, unless the separators say otherwise. Returns the count to go on with. */
  #digits(bytes: Uint8Array, before: number, index: number): number {
    if (index < before) return MIN_DIGITS - 1;
    const place = placeOf(bytes, this.#folded, index);
    if (!isNumberArray(bytes, place)) return MIN_DIGITS - 2;
    this.#suspects.push(place);
    return 0;
  }

  /** Looks up a window at every third symbol. */
  #grams(bytes: Uint8Array, before: number): void {
    const { grams } = this.#tables;
    const { bits, shift } = grams;
    const { symbols, count } = this.#folded;
    let i = this.#next;
    let undecided = count;
    let digits = this.#digitWindows;
    let window = (symbols[i]! << 10) | (symbols[i + 1]! << 5) | symbols[i + 2]!;
    let mirror = ((symbols[i + 2]! << 10) | (symbols[i + 1]! << 5) | symbols[i]!) << 15;
    for (; i + GRAM <= count; i += 3) {
      const a = symbols[i + 3]!;
      const b = symbols[i + 4]!;
      const c = symbols[i + 5]!;
      window = ((window << 15) | (a << 10) | (b << 5) | c) & GRAM_MASK;
      mirror = (mirror >>> 15) | (((c << 10) | (b << 5) | a) << 15);
      if ((window & EVEN_DIGITS) === EVEN_DIGITS || (window & ODD_DIGITS) === ODD_DIGITS) {
        if (++digits >= MIN_DIGITS) digits = this.#digits(bytes, before, i + GRAM - 1);
      } else digits = 0;
      const key = canonical(window, mirror);
      const at = Math.imul(key, 0x9e3779b1) >>> shift;
      if (((bits[at >>> 5]! >>> (at & 31)) & 1) === 0) continue;
      const head = headOf(grams, key);
      if (head === 0) continue;
      const run = isRun(grams, symbols, count, i, head);
      // A window from the block before is decided now because its run goes on at the first symbol of this one.
      if (run === true) this.#suspects.push(placeOf(bytes, this.#folded, Math.max(before, i + GRAM - 1)));
      else if (run === undefined) undecided = Math.min(undecided, i);
    }
    if (i > undecided) {
      // The windows from there on are looked at again.
      digits = Math.max(0, digits - (i - undecided) / 3);
      i = undecided;
    }
    this.#digitWindows = digits;
    const drop = Math.min(i, Math.max(0, count - KEPT));
    symbols.copyWithin(0, drop, count);
    this.#folded.count = count - drop;
    this.#next = i - drop;
  }
}

/** Digits at every other place of a window: numbers, or the hex of a text. */
const EVEN_DIGITS = FIRST_DIGIT * 0b00001_00000_00001_00000_00001_00000;
const ODD_DIGITS = FIRST_DIGIT * 0b00000_00001_00000_00001_00000_00001;
/** Windows in a row: 24 digits, which are eight bytes in any notation. */
const MIN_DIGITS = 7;

function nextEscape(bytes: Uint8Array, from: number, end: number): number {
  const at = bytes.indexOf(0x1b, from);
  return at === -1 ? end : at;
}
