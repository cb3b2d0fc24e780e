import type { Matcher } from "../redact/matcher.ts";
import { UNREDACTED } from "./unredacted.ts";

/**
 * Redaction for a terminal that a person works in. A stream redactor releases whole lines, and a terminal has to show
 * the letter just typed, a question without a newline, and an editor's screen. So each chunk is shown as it comes,
 * after it was searched together with what came before it. What a value that arrives in one chunk shows is nothing;
 * of one that arrives in pieces at most its first 11 letters and digits, and nothing once a digit is among them.
 * What a model reads never comes from here.
 */
export class TerminalView {
  readonly #matcher: Matcher;
  readonly #show: (bytes: Uint8Array) => void;
  readonly #counts = new Map<string, number>();
  /** Raw bytes before `#held`, whether they were shown or not. */
  #before: Buffer = Buffer.alloc(0);
  /** A word at the end that may be the beginning of a value. */
  #held: Buffer = Buffer.alloc(0);
  /** Keys that the terminal has not echoed yet. */
  #keys = "";

  constructor(matcher: Matcher, show: (bytes: Uint8Array) => void) {
    this.#matcher = matcher;
    this.#show = show;
  }

  get counts(): ReadonlyMap<string, number> {
    return this.#counts;
  }

  /** Output of the child. */
  receive(bytes: Uint8Array): void {
    if (this.#matcher === UNREDACTED) {
      this.#show(bytes);
      return;
    }
    const isEcho = this.#held.length === 0 && this.#isEcho(bytes);
    const all = Buffer.concat([this.#held, bytes]);
    const word = isEcho ? 0 : suspiciousWordAtEnd(Buffer.concat([this.#before, all]));
    // A word that began earlier is held from here on.
    const cut = Math.max(0, all.length - word);
    this.#held = Buffer.from(all.subarray(cut));
    this.#pass(all.subarray(0, cut));
  }

  /** Keys of the person. They know what they type, so its echo need not wait; a paste may be anything. */
  typed(keys: Uint8Array): void {
    const text = Buffer.from(keys).toString("latin1");
    this.#keys = keys.length <= 4 && /^[ -~]+$/.test(text) ? (this.#keys + text).slice(-64) : "";
  }

  end(): void {
    this.#pass(this.#held);
    this.#held = Buffer.alloc(0);
  }

  #isEcho(bytes: Uint8Array): boolean {
    const text = Buffer.from(bytes).toString("latin1");
    if (text === "" || !this.#keys.startsWith(text)) return false;
    this.#keys = this.#keys.slice(text.length);
    return true;
  }

  #pass(bytes: Uint8Array): void {
    if (bytes.length === 0) return;
    const all = Buffer.concat([this.#before, bytes]);
    const { out, counts } = this.#redact(all);
    if (out.subarray(-bytes.length).equals(bytes)) this.#show(bytes);
    else {
      const earlier = this.#redact(this.#before);
      this.#show(out.subarray(commonLength(earlier.out, out)));
      for (const [name, count] of counts) {
        const more = count - (earlier.counts.get(name) ?? 0);
        if (more > 0) this.#counts.set(name, (this.#counts.get(name) ?? 0) + more);
      }
    }
    this.#before = Buffer.from(all.subarray(-CONTEXT));
  }

  #redact(bytes: Uint8Array): { readonly out: Buffer; readonly counts: ReadonlyMap<string, number> } {
    const redactor = this.#matcher.redactor();
    const out = Buffer.concat([redactor.push(bytes), redactor.end()]);
    return { out, counts: redactor.counts };
  }
}

const CONTEXT = 1024;

/** The length of the word at the end, if it is long enough and mixed enough to be a piece of a key; else 0. */
function suspiciousWordAtEnd(bytes: Buffer): number {
  let start = bytes.length;
  while (start > 0 && bytes.length - start < LONGEST_WORD && !ENDS_WORD[bytes[start - 1]!]) start--;
  const word = bytes.toString("latin1", start);
  // Behind an escape, the parameters of a control sequence are no part of it.
  const text = bytes[start - 1] === 0x1b ? word.replace(/^\[[0-9;]*[@-~]?/, "") : word;
  const isMixed = /[0-9]/.test(text) || (/[a-z]/.test(text) && /[A-Z]/.test(text.slice(1)));
  return text.length >= 5 && isMixed ? text.length : 0;
}

const LONGEST_WORD = 4_096;
/** Blanks, control characters, and the signs that questions and prompts end with. */
const ENDS_WORD = Array.from(
  { length: 256 },
  (_, byte) => byte <= 0x20 || byte === 0x7f || ":>?$#%)]".includes(String.fromCharCode(byte)),
);

function commonLength(a: Buffer, b: Buffer): number {
  let length = 0;
  while (length < a.length && length < b.length && a[length] === b[length]) length++;
  return length;
}
