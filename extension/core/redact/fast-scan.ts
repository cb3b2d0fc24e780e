import { escapeEnd } from "./ansi.ts";
import { DenseEscapes } from "./dense-escapes.ts";
import { DenseSigns } from "./dense-signs.ts";
import { CLASSES, CLASSES_WITH_ACCENTS, type Folded, fold, placeOf } from "./fold-pass.ts";
import { framedPlaces } from "./framed-text.ts";
import { GRAM } from "./gram-index.ts";
import { DIGIT_STEP, GRAM_STEP, passDigits, passGrams } from "./gram-pass.ts";
import { isRun } from "./gram-run.ts";
import type { Tables } from "./inspect.ts";
import { LineWatch } from "./line-watch.ts";
import { wordPlaces } from "./long-words.ts";
import { scanNeedles } from "./needle-search.ts";
import { isBackwardArray, isNumberArray } from "./number-array.ts";
import { isTrigger } from "./triggers.ts";
import { saysValue } from "./value-numbers.ts";
import { isCounted } from "./views/counters.ts";

const BLOCK = 1 << 14;
/** Only used within one call, so all streams share them. */
const SPECIAL = new Int32Array(BLOCK + 1);
const MARKS = new Int32Array(BLOCK);
const FOUND = new Int32Array(BLOCK);
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
  readonly #signs = new DenseSigns();
  readonly #escapes: DenseEscapes;
  #next = 0;
  #row = 0;
  #needled = 0;
  #end = 0;
  /** Bytes of the stream that the buffer has dropped. */
  #offset = 0;
  #nextDigits = 0;
  #digitWindows = 0;
  /** Triggers that depend on bytes which have not come yet. */
  #unsure: number[] = [];

  constructor(tables: Tables) {
    this.#tables = tables;
    this.#escapes = new DenseEscapes(tables.needles);
    this.#lines = new LineWatch(tables.grams);
    this.#folded = {
      symbols: new Uint8Array(KEPT + GRAM + BLOCK),
      count: 0,
      special: SPECIAL,
      specials: 0,
      marks: MARKS,
      marked: 0,
      cursor: 0,
    };
  }

  /** Scans from `from`; returns how far it came: an escape sequence that isn't complete waits, unless `final`. */
  scan(bytes: Uint8Array, from: number, end: number, final: boolean): number {
    this.#end = end;
    let at = from;
    let esc = nextEscape(bytes, at, end);
    // The end of the stream decides what more symbols might have decided otherwise.
    if (at === end && final) this.#judge(bytes, at, at, end, this.#folded.count, true);
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
          if (!waiting && this.#escapes.take(bytes, at, after!)) this.#suspects.push(at);
          at = after ?? at;
          if (!waiting) esc = nextEscape(bytes, at, end);
        }
      }
      this.#judge(bytes, start, at, end, before, final && at === end);
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
    this.#offset += bytes;
    this.#signs.shift(bytes);
    this.#escapes.shift(bytes);
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

  #judge(bytes: Uint8Array, from: number, to: number, end: number, before: number, final: boolean): void {
    const folded = this.#folded;
    const unsure = this.#unsure;
    this.#unsure = [];
    for (const at of unsure) this.#trigger(bytes, at, end);
    for (let k = 0; k < folded.specials; k++) {
      const at = folded.special[k]!;
      if (this.#signs.take(bytes, at)) this.#suspects.push(at);
      if (bytes[at] !== 0x0a) this.#trigger(bytes, at, end);
      else if (this.#lines.line(bytes, at)) this.#suspects.push(at);
    }
    wordPlaces(bytes, from, to, this.#suspects);
    framedPlaces(bytes, this.#offset, from, to, this.#suspects);
    this.#digits(bytes);
    this.#grams(bytes, before, final);
    folded.specials = 0;
    folded.marked = 0;
    folded.cursor = 0;
  }

  #trigger(bytes: Uint8Array, at: number, end: number): void {
    const found = isTrigger(this.#tables, bytes, at, end);
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

  /** Several windows of digits a little apart: an array of numbers, unless the bytes around them say otherwise. */
  #digits(bytes: Uint8Array): void {
    const { symbols, count } = this.#folded;
    const from = this.#nextDigits;
    this.#digitWindows = passDigits(symbols, from, count, this.#digitWindows, FOUND);
    for (let k = 1; k <= FOUND[0]!; k++) {
      const window = FOUND[k]!;
      const place = placeOf(bytes, this.#folded, (window < 0 ? ~window : window) + GRAM - 1);
      if (window < 0) {
        if (isBackwardArray(bytes, place)) this.#suspects.push(place);
      } else if (isNumberArray(bytes, place) || isCounted(bytes, place) || saysValue(this.#tables.raw, bytes, place))
        this.#suspects.push(place);
    }
    this.#nextDigits = from + Math.max(0, Math.ceil((count - GRAM + 1 - from) / DIGIT_STEP)) * DIGIT_STEP;
  }

  #place(bytes: Uint8Array, index: number): number {
    return this.#folded.marked === 0 ? this.#end - 1 : placeOf(bytes, this.#folded, index);
  }

  #grams(bytes: Uint8Array, before: number, final: boolean): void {
    const { grams } = this.#tables;
    const { symbols, count } = this.#folded;
    const found = FOUND;
    const candidates = passGrams(grams.bits, grams.shift, symbols, this.#next, count, found);
    let next = this.#next + Math.max(0, Math.ceil((count - GRAM + 1 - this.#next) / GRAM_STEP)) * GRAM_STEP;
    for (let k = 0; k < candidates; k++) {
      const i = found[k]!;
      const run = isRun(grams, symbols, count, i, final);
      // A window from the block before is decided now because its run goes on at the first symbol of this one.
      if (run === true) this.#suspects.push(this.#place(bytes, Math.max(before, i + GRAM - 1)));
      else if (run === undefined) next = Math.min(next, i);
    }
    const drop = Math.min(next, this.#nextDigits, Math.max(0, count - KEPT));
    symbols.copyWithin(0, drop, count);
    this.#folded.count = count - drop;
    this.#next = next - drop;
    this.#nextDigits -= drop;
  }
}

function nextEscape(bytes: Uint8Array, from: number, end: number): number {
  const at = bytes.indexOf(0x1b, from);
  return at === -1 ? end : at;
}
