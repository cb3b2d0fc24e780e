import { sha256 } from "../crypto/hash.ts";

/** A piece of a value that a run printed. */
export interface PieceSeen {
  readonly name: string;
  /** Hex; tells it from other pieces of the same value, and nothing else. */
  readonly hash: string;
}

/**
 * Tells pieces of a value from whole ones. A program that cuts a value for a log prints the same piece each time. Many
 * different ones are how somebody finds a value out who prints guesses and looks which of them are hidden.
 */
export class PieceWatch {
  readonly #lengths: ReadonlyMap<string, number>;
  readonly #seen = new Map<string, PieceSeen>();

  constructor(lengths: ReadonlyMap<string, number>) {
    this.#lengths = lengths;
  }

  see(bytes: Uint8Array, names: readonly string[]): void {
    for (const name of names) {
      if (bytes.length >= (this.#lengths.get(name) ?? 0) || this.#seen.size >= MOST) continue;
      const hash = sha256(bytes).toString("hex").slice(0, 16);
      this.#seen.set(`${name} ${hash}`, { name, hash });
    }
  }

  get pieces(): readonly PieceSeen[] {
    return [...this.#seen.values()];
  }
}

/** Of values that are one word, how long they are. */
export function tokenLengths(
  values: readonly { readonly name: string; readonly value: Uint8Array }[],
): ReadonlyMap<string, number> {
  return new Map(values.filter(({ value }) => isToken(value)).map(({ name, value }) => [name, value.length]));
}

/** So many different pieces of one value are no way to cut it for a log. */
export const MANY_PIECES = 4;

const MOST = 1000;

/** One word: what has parts of its own, such as an address or a key of several lines, is printed in pieces by everybody. */
function isToken(value: Uint8Array): boolean {
  const text = Buffer.from(value).toString("latin1");
  return /^[\x21-\x7e]{14,512}$/.test(text) && !/:\/\/|^[{["]/.test(text);
}

/** The names of which there are many different pieces. */
export function inManyPieces(pieces: Iterable<PieceSeen>): readonly string[] {
  const counts = new Map<string, number>();
  for (const { name } of pieces) counts.set(name, (counts.get(name) ?? 0) + 1);
  return [...counts].filter(([, count]) => count >= MANY_PIECES).map(([name]) => name);
}
