import type { Matcher, Redactor } from "../redact/matcher.ts";

export type Side = "stdout" | "stderr";

/** Bytes of one stream, `start` bytes after its beginning. */
export interface Piece {
  readonly side: Side;
  readonly start: number;
  readonly bytes: Uint8Array;
}

/** A stretch with bytes of both streams in which secrets are found. */
export interface JoinedSpan {
  readonly names: readonly string[];
  readonly pieces: readonly Piece[];
}

/** Pieces of both streams in one order, searched as one stream. */
export class JoinedSequence {
  readonly spans: JoinedSpan[] = [];
  readonly #matcher: Matcher;
  #redactor: Redactor;
  /** Where each piece stands in this sequence, and where in its stream. */
  #places: { readonly at: number; readonly side: Side; readonly start: number }[] = [];
  #length = 0;

  constructor(matcher: Matcher) {
    this.#matcher = matcher;
    this.#redactor = this.#open();
  }

  add(...pieces: readonly Piece[]): void {
    for (const { side, start, bytes } of pieces) {
      this.#places.push({ at: this.#length, side, start });
      this.#length += bytes.length;
    }
    this.#redactor.push(pieces.length === 1 ? pieces[0]!.bytes : Buffer.concat(pieces.map(({ bytes }) => bytes)));
  }

  /** What follows has no connection with what came before. */
  restart(): void {
    this.#redactor.end();
    this.#redactor = this.#open();
    this.#places = [];
    this.#length = 0;
  }

  end(): void {
    this.#redactor.end();
  }

  #open(): Redactor {
    return this.#matcher.redactor(({ start, names, bytes }) => {
      const pieces = this.#split(start, bytes);
      // Within one stream its own redactor has the say.
      if (pieces.some(({ side }) => side !== pieces[0]!.side)) this.spans.push({ names, pieces });
      return undefined;
    });
  }

  #split(from: number, bytes: Uint8Array): Piece[] {
    const places = this.#places;
    let p = this.#placeOf(from);
    const pieces: Piece[] = [];
    for (let at = from; at < from + bytes.length; p++) {
      const end = Math.min(from + bytes.length, places[p + 1]?.at ?? Number.POSITIVE_INFINITY);
      const { side, start, at: first } = places[p]!;
      pieces.push({ side, start: start + at - first, bytes: Uint8Array.from(bytes.subarray(at - from, end - from)) });
      at = end;
    }
    return pieces;
  }

  #placeOf(at: number): number {
    let low = 0;
    let high = this.#places.length;
    while (high - low > 1) {
      const middle = (low + high) >>> 1;
      if (this.#places[middle]!.at <= at) low = middle;
      else high = middle;
    }
    return low;
  }
}
