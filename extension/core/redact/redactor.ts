import { isBreak } from "./breaks.ts";
import { contextBefore, isCut } from "./cuts.ts";
import { FastScan } from "./fast-scan.ts";
import { inspect, type Tables } from "./inspect.ts";
import { mergeRegions } from "./regions.ts";
import { StreamBuffer } from "./stream-buffer.ts";

/** One stream. */
export interface Redactor {
  /** Takes the next bytes and returns those that are safe to show by now, perhaps none. */
  push(bytes: Uint8Array): Uint8Array;
  /** The rest: the only time that held-back bytes are released because nothing follows. */
  end(): Uint8Array;
  /** How many times each secret was redacted. */
  readonly counts: ReadonlyMap<string, number>;
}

/** Something that was redacted. */
export interface RedactedSpan {
  /** In bytes of the stream that was pushed. */
  readonly start: number;
  readonly end: number;
  readonly names: readonly string[];
  /** The bytes themselves, valid during the call only. */
  readonly bytes: Uint8Array;
}

/** Bytes that it returns stand in the span's place; undefined = `[redacted:NAME]` does, and the span is counted. */
export type OnSpan = (span: RedactedSpan) => Uint8Array | undefined;

/** A stretch without a place to cut is inspected in pieces of this size … */
const SEGMENT = 1 << 14;
/** … each together with so many bytes on both sides. */
const MARGIN = 1 << 13;

/**
 * The stream as segments between cuts. Where the cuts are depends on the bytes alone, so the result is the same for
 * every chunking. Most segments show nothing suspicious and pass untouched; the others are inspected.
 */
export class StreamRedactor implements Redactor {
  readonly #tables: Tables;
  readonly #scan: FastScan;
  readonly #counts = new Map<string, number>();
  readonly #buffer = new StreamBuffer(MARGIN);
  #scanned = 0;
  /** Start of the first segment that isn't released, and whether it is a hard cut. */
  #start = 0;
  #hard = false;
  /** No cut lies after `#start` up to here. */
  #checked = 0;
  /** The secret whose redaction reached beyond the last hard cut. */
  #open: number | undefined;
  #ended = false;
  /** Bytes of the stream that the buffer has dropped. */
  #dropped = 0;
  readonly #onSpan: OnSpan | undefined;

  constructor(tables: Tables, onSpan?: OnSpan) {
    this.#tables = tables;
    this.#onSpan = onSpan;
    this.#scan = new FastScan(tables);
  }

  get counts(): ReadonlyMap<string, number> {
    return this.#counts;
  }

  push(bytes: Uint8Array): Uint8Array {
    if (this.#ended) throw new Error("This stream has ended.");
    const dropped = this.#buffer.append(bytes, this.#start);
    this.#dropped += dropped;
    this.#start -= dropped;
    this.#scanned -= dropped;
    this.#checked -= dropped;
    this.#scan.shift(dropped);
    return this.#advance(false);
  }

  end(): Uint8Array {
    if (this.#ended) return new Uint8Array(0);
    this.#ended = true;
    const rest = this.#advance(true);
    this.#buffer.wipe();
    return rest;
  }

  #advance(final: boolean): Uint8Array {
    const { bytes, length } = this.#buffer;
    this.#scanned = this.#scan.scan(bytes, this.#scanned, length, final);
    const suspects = this.#scan.takeSuspects();
    const out: Uint8Array[] = [];
    let done = 0;
    while (done < suspects.length) {
      const from = this.#segmentStart(Math.max(this.#start, suspects[done]!));
      this.#release(from, out);
      const to = this.#segmentEnd(final);
      if (to === undefined) break;
      this.#inspect(to.at, to.hard, out);
      const settled = to.hard ? to.at - MARGIN : to.at;
      while (done < suspects.length && suspects[done]! < settled) done++;
    }
    if (done < suspects.length) this.#scan.putBack(suspects.slice(done));
    else this.#releaseClean(final, out);
    return join(out);
  }

  /** The last cut before `suspect`. A piece whose margin holds it comes first. */
  #segmentStart(suspect: number): number {
    const cut = this.#lastCut(suspect);
    const pieces = Math.floor((suspect - cut) / SEGMENT);
    if (pieces === 0) return cut;
    const piece = cut + pieces * SEGMENT;
    return suspect - piece < MARGIN ? piece - SEGMENT : piece;
  }

  #lastCut(before: number): number {
    const { bytes } = this.#buffer;
    for (let at = before; at > Math.max(this.#start, this.#checked); at--) {
      if (isBreak(bytes, at) && isCut(this.#tables.grams, bytes, at)) return at;
    }
    return this.#start;
  }

  /** Where the segment from `#start` on ends; undefined = not known yet. */
  #segmentEnd(final: boolean): { readonly at: number; readonly hard: boolean } | undefined {
    const { bytes, length } = this.#buffer;
    const limit = Math.min(this.#scanned, this.#start + SEGMENT);
    for (let at = Math.max(this.#start, this.#checked) + 1; at <= limit; at++) {
      if (isBreak(bytes, at) && isCut(this.#tables.grams, bytes, at)) return { at, hard: false };
    }
    this.#checked = Math.max(this.#checked, limit);
    const piece = this.#start + SEGMENT;
    if (final ? piece < length : piece + MARGIN <= this.#scanned) return { at: piece, hard: true };
    return final ? { at: length, hard: false } : undefined;
  }

  #releaseClean(final: boolean, out: Uint8Array[]): void {
    if (final) {
      this.#release(this.#buffer.length, out);
      return;
    }
    this.#release(this.#lastCut(this.#scanned), out);
    this.#checked = Math.max(this.#checked, this.#scanned);
    const pieces = Math.floor((this.#scanned - MARGIN - this.#start) / SEGMENT);
    if (pieces > 0) this.#release(this.#start + pieces * SEGMENT, out);
  }

  /** Everything before `to` shows nothing. */
  #release(to: number, out: Uint8Array[]): void {
    if (to === this.#start) return;
    out.push(copy(this.#buffer.bytes, this.#start, to));
    this.#hard = !isBreak(this.#buffer.bytes, to);
    this.#open = undefined;
    this.#start = to;
  }

  #inspect(to: number, hard: boolean, out: Uint8Array[]): void {
    const { bytes, length } = this.#buffer;
    const context = this.#hard ? MARGIN : contextBefore(bytes, this.#start);
    const from = Math.max(0, this.#start - context);
    const until = hard ? Math.min(length, to + MARGIN) : to;
    const regions = inspect(this.#tables, bytes.subarray(from, until), this.#hard ? 0 : this.#start - from);
    let at = this.#start;
    let open: number | undefined;
    for (const span of mergeRegions(regions)) {
      const start = Math.max(at, span.start + from);
      const end = Math.min(to, span.end + from);
      if (end <= start) continue;
      if (start > at) out.push(copy(bytes, at, start));
      const instead = this.#tell(start, end, span.secrets);
      const continues = start === this.#start && span.secret === this.#open;
      if (instead !== undefined) out.push(instead);
      else if (!continues) this.#mark(span.secret, span.secrets, out);
      if (instead === undefined && hard && span.end + from > to) open = span.secret;
      at = end;
    }
    if (at < to) out.push(copy(bytes, at, to));
    this.#open = open;
    this.#start = to;
    this.#hard = hard;
  }

  #tell(start: number, end: number, secrets: readonly number[]): Uint8Array | undefined {
    return this.#onSpan?.({
      start: this.#dropped + start,
      end: this.#dropped + end,
      names: secrets.map((secret) => this.#tables.names[secret]!),
      bytes: this.#buffer.bytes.subarray(start, end),
    });
  }

  #mark(secret: number, secrets: readonly number[], out: Uint8Array[]): void {
    const { names } = this.#tables;
    out.push(Buffer.from(`[redacted:${names[secret]!}]`, "utf8"));
    for (const one of secrets) this.#counts.set(names[one]!, (this.#counts.get(names[one]!) ?? 0) + 1);
  }
}

function join(pieces: readonly Uint8Array[]): Uint8Array {
  return pieces.length === 1 ? pieces[0]! : Buffer.concat(pieces);
}

/** The buffer is used again, so what leaves is a copy. */
function copy(bytes: Uint8Array, start: number, end: number): Uint8Array {
  return Buffer.from(bytes.subarray(start, end));
}
