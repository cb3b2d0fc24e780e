import type { Matcher, Redactor } from "../../redact/matcher.ts";
import { namesInText } from "../leaked-content.ts";
import { readingsOf } from "./comparable.ts";
import { longestRun } from "./longest-run.ts";

/** What a program sends, as it comes. */
export interface SentStream {
  push(bytes: Uint8Array): void;
  end(): void;
}

/**
 * What the programs of a run have sent themselves, before a value was put in, as far as it looks like a part of a
 * value: guesses that are right. Nothing else of it can ever be masked, so nothing else is kept.
 */
export class SentTexts {
  readonly #matcher: Matcher;
  readonly #values: readonly Uint8Array[];
  readonly #streams = new Set<OpenStream>();
  readonly #texts = new Set<string>();
  readonly #readings = new Set<string>();
  /** The least of each that still looks like a part; what was beside it may be missing in an answer. */
  readonly #cores = new Set<string>();
  #longest = 0;

  constructor(matcher: Matcher, values: readonly Uint8Array[]) {
    this.#matcher = matcher;
    this.#values = values;
  }

  stream(): SentStream {
    const opened = new OpenStream(this.#matcher, (guess) => this.#add(guess));
    this.#streams.add(opened);
    return {
      push: (bytes) => opened.push(bytes),
      end: () => {
        opened.end();
        this.#streams.delete(opened);
      },
    };
  }

  /**
   * Whether all that `bytes` show of a value was sent by the run itself, perhaps in another form. `before` is what
   * stands before them in the same answer: it may be the reason why they look like a part.
   */
  includes(bytes: Uint8Array, before: Uint8Array): boolean {
    // An answer may come before the request has ended, and the end of that isn't searched yet.
    for (const stream of this.#streams) stream.look();
    if (this.#texts.size === 0) return false;
    const text = latin1(bytes);
    if ([...this.#texts].some((sent) => sent.includes(text))) return true;
    const readings = readingsOf(bytes);
    if ([...this.#readings].some((sent) => readings.some((reading) => sent.includes(reading)))) return true;
    // Longer, such as by a word of the next line that happens to go on like the value.
    if (!this.#canCompare(bytes) || this.#runIn(bytes) > this.#longest + BY_CHANCE) return false;
    return this.#isOnlySent(text) || this.#isOnlySent(latin1(before) + text);
  }

  /** Without what was sent, it doesn't look like a part. */
  #isOnlySent(text: string): boolean {
    let rest = text;
    for (const core of this.#cores) rest = rest.replaceAll(core, " ");
    return rest !== text && !this.#isPart(rest);
  }

  #isPart(text: string): boolean {
    return namesInText(this.#matcher, Buffer.from(text, "latin1")).length > 0;
  }

  #add(bytes: Uint8Array): void {
    const text = latin1(bytes);
    if (this.#texts.size >= MAX_GUESSES || this.#texts.has(text)) return;
    this.#texts.add(text);
    for (const reading of readingsOf(bytes)) this.#readings.add(reading);
    if (!this.#canCompare(bytes)) return;
    this.#longest = Math.max(this.#longest, this.#runIn(bytes));
    const core = this.#coreOf(text);
    if (core.length >= MIN_CORE) this.#cores.add(core);
  }

  /** By halves, from the end and then from the beginning. */
  #coreOf(text: string): string {
    const end = least(text.length, (length) => this.#isPart(text.slice(0, length)));
    const length = least(end, (length) => this.#isPart(text.slice(end - length, end)));
    return text.slice(end - length, end);
  }

  /** The work is the product of both lengths. */
  #canCompare(bytes: Uint8Array): boolean {
    return [bytes, ...this.#values].every(({ length }) => length <= MAX_COMPARED);
  }

  /** The most letters and digits of a value in a row. */
  #runIn(bytes: Uint8Array): number {
    const runs = readingsOf(bytes).flatMap((reading) => this.#values.map((value) => longestRun(reading, value)));
    return Math.max(0, ...runs);
  }
}

/** Nobody guesses right more often who didn't have the value. */
const MAX_GUESSES = 1_000;
const MAX_COMPARED = 4 * 1024;
const MIN_CORE = 8;
/** So many letters and digits beside a guess go on like the value by chance. */
const BY_CHANCE = 2;

/** The least number up to `high` for which it holds, if it holds for all above. */
function least(high: number, holds: (count: number) => boolean): number {
  let low = 1;
  let found = high;
  while (low < found) {
    const middle = (low + found) >>> 1;
    if (holds(middle)) found = middle;
    else low = middle + 1;
  }
  return found;
}

class OpenStream {
  readonly #matcher: Matcher;
  readonly #found: (guess: Uint8Array) => void;
  readonly #redactor: Redactor;
  /** The last bytes, among them all that the redactor still holds back. */
  #tail = Buffer.alloc(0);
  #isFresh = false;
  #hasEnded = false;

  constructor(matcher: Matcher, found: (guess: Uint8Array) => void) {
    this.#matcher = matcher;
    this.#found = found;
    this.#redactor = this.#open();
  }

  push(bytes: Uint8Array): void {
    if (this.#hasEnded) return; // nothing of its answer is shown any more
    this.#tail = Buffer.concat([this.#tail.subarray(-TAIL), bytes]);
    this.#isFresh = true;
    this.#redactor.push(bytes);
  }

  look(): void {
    if (!this.#isFresh) return;
    this.#isFresh = false;
    const redactor = this.#open();
    redactor.push(this.#tail);
    redactor.end();
  }

  end(): void {
    this.#hasEnded = true;
    this.#isFresh = false;
    this.#redactor.end();
  }

  #open(): Redactor {
    return this.#matcher.redactor(({ bytes }) => {
      this.#found(bytes);
      return undefined;
    });
  }
}

const TAIL = 64 * 1024;

function latin1(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString("latin1");
}
