import { CODE } from "../redact/fold.ts";
import type { Matcher, Redactor } from "../redact/matcher.ts";
import { JoinedSequence, type Piece, type Side } from "./joined-sequence.ts";

/**
 * A program may write a part of a value to stdout and the rest to stderr, and whoever reads the result reads both. So
 * the two are also searched as one: in the order in which they arrived, one behind the other, and their lines and
 * characters in turns. Only what lies near a change from one to the other is looked at.
 *
 * What arrives within the same moment has no order that we could know; pieces that are mixed in another way than
 * these, of fewer than twelve letters and digits each, are not found.
 */
export class JoinedScan {
  readonly #matcher: Matcher;
  readonly #arrival: JoinedSequence;
  readonly #sides: Readonly<Record<Side, SideEnds>> = { stdout: new SideEnds(), stderr: new SideEnds() };
  readonly #shown: JoinedSequence[];
  #last: Side | undefined;
  /** Where the bytes begin that came since the last change and were not passed on. */
  #skipped = 0;
  #given = 0;

  constructor(matcher: Matcher) {
    this.#matcher = matcher;
    this.#arrival = new JoinedSequence(matcher);
    this.#shown = [this.#arrival];
  }

  /** The redactor of one stream, which tells this scan what it reads and what it hides. */
  redactor(side: Side): Redactor {
    const own = this.#matcher.redactor(({ start, end }) => {
      this.#sides[side].hide(start, end);
      return undefined;
    });
    return {
      push: (bytes) => {
        this.#read(side, bytes);
        return own.push(bytes);
      },
      end: () => own.end(),
      get counts() {
        return own.counts;
      },
    };
  }

  /** After both redactors have ended: the secrets of which both streams together show what neither of them hid. */
  end(): ReadonlySet<string> {
    const { stdout, stderr } = this.#sides;
    if (stdout.length > 0 && stderr.length > 0) {
      this.#search([stdout.tail("stdout"), stderr.head("stderr")]);
      this.#search([stderr.tail("stderr"), stdout.head("stdout")]);
      if (stdout.length <= WINDOW && stderr.length <= WINDOW) {
        for (const unit of UNITS) {
          const [one, other] = [pieces(stdout.head("stdout"), unit), pieces(stderr.head("stderr"), unit)];
          this.#search(inTurns(one, other));
          this.#search(inTurns(other, one));
        }
      }
    }
    for (const sequence of this.#shown) sequence.end();
    const names = new Set<string>();
    for (const { spans } of this.#shown) {
      for (const span of spans) if (this.#isShown(span.pieces)) for (const name of span.names) names.add(name);
    }
    stdout.wipe();
    stderr.wipe();
    return names;
  }

  #read(side: Side, bytes: Uint8Array): void {
    const ends = this.#sides[side];
    const start = ends.length;
    if (side !== this.#last) this.#change(side, start);
    const more = Math.min(bytes.length, WINDOW - (this.#given - this.#skipped));
    if (more > 0 && this.#given === start) {
      this.#arrival.add({ side, start, bytes: bytes.subarray(0, more) });
      this.#given += more;
    }
    ends.read(bytes);
  }

  /** What came before the change counts by its last bytes; what lies between them and its first ones is not joined. */
  #change(side: Side, start: number): void {
    if (this.#last !== undefined) {
      const before = this.#sides[this.#last];
      if (this.#given < before.length) {
        this.#arrival.restart();
        this.#arrival.add(before.tail(this.#last));
      }
    }
    this.#last = side;
    this.#skipped = start;
    this.#given = start;
  }

  #search(order: readonly Piece[]): void {
    const sequence = new JoinedSequence(this.#matcher);
    sequence.add(...order);
    this.#shown.push(sequence);
  }

  /** The letters and digits that its own stream's redactor left are enough to matter. */
  #isShown(parts: readonly Piece[]): boolean {
    let left = 0;
    for (const { side, start, bytes } of parts) {
      for (let i = 0; i < bytes.length; i++) {
        if (CODE[bytes[i]!] !== 0 && !this.#sides[side].isHidden(start + i)) left++;
      }
    }
    return left >= ENOUGH;
  }
}

/** Bytes on each side of a change. */
const WINDOW = 4096;
/** A few characters beside a redaction may fit by chance. */
const ENOUGH = 6;
const UNITS = [/[^\n]*\n?/g, /[\s\S]/g];

/** The first and last bytes of a stream, and which of its bytes are hidden. */
class SideEnds {
  length = 0;
  #first = Buffer.alloc(0);
  #last = Buffer.alloc(0);
  readonly #starts: number[] = [];
  readonly #ends: number[] = [];

  read(bytes: Uint8Array): void {
    this.length += bytes.length;
    if (this.#first.length < WINDOW) {
      this.#first = Buffer.concat([this.#first, bytes.subarray(0, WINDOW - this.#first.length)]);
    }
    const last = Buffer.concat([this.#last, bytes.subarray(-WINDOW)]);
    this.#last = Buffer.from(last.subarray(-WINDOW));
  }

  head(side: Side): Piece {
    return { side, start: 0, bytes: this.#first };
  }

  tail(side: Side): Piece {
    return { side, start: this.length - this.#last.length, bytes: this.#last };
  }

  /** In ascending order. Beyond a million the rest counts as shown, which errs to the safe side. */
  hide(start: number, end: number): void {
    if (this.#starts.length >= 1_000_000) return;
    this.#starts.push(start);
    this.#ends.push(end);
  }

  isHidden(at: number): boolean {
    let low = 0;
    let high = this.#starts.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.#starts[middle]! <= at) low = middle + 1;
      else high = middle;
    }
    return low > 0 && at < this.#ends[low - 1]!;
  }

  wipe(): void {
    this.#first.fill(0);
    this.#last.fill(0);
  }
}

function pieces({ side, bytes }: Piece, unit: RegExp): Piece[] {
  const text = Buffer.from(bytes).toString("latin1");
  return [...text.matchAll(unit)]
    .filter(([part]) => part.length > 0)
    .map((match) => ({ side, start: match.index, bytes: bytes.subarray(match.index, match.index + match[0].length) }));
}

function inTurns(one: readonly Piece[], other: readonly Piece[]): Piece[] {
  const longer = Math.max(one.length, other.length);
  return Array.from({ length: longer }, (_, i) => [one[i], other[i]]).flatMap((pair) =>
    pair.filter((piece) => piece !== undefined),
  );
}
