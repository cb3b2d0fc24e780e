import { createHash } from "node:crypto";
import type { Matcher, RedactedSpan, Redactor } from "../../redact/matcher.ts";
import { namesInText } from "../leaked-content.ts";
import type { HeldSecret } from "./held-secret.ts";
import { SentTexts } from "./sent-texts.ts";
import { type WholeValue, WholeValues } from "./whole-value.ts";

/** A stretch that must not be seen. */
export interface Hidden {
  readonly name: string;
  readonly start: number;
  readonly end: number;
}

/**
 * What a run's programs may see of what comes back to them. A mask tells something too: a program that sends guesses
 * and finds one masked in the answer knows that it was right. So what the run sent itself comes back as it is, right
 * or wrong, since it tells nothing new; everything else is masked. A whole value is always masked; a part of one, in
 * an answer that nobody sent it with, is hardly ever honest, and a few of them end the proxy.
 */
export class AnswerWatch {
  readonly sent: SentTexts;
  readonly #matcher: Matcher;
  readonly #names: ReadonlySet<string>;
  readonly #whole: WholeValues;
  readonly #onOver: () => void;
  readonly #parts = new Set<string>();

  /** `secrets` are those that the run has placeholders of: what it holds itself, it can't find out. */
  constructor(matcher: Matcher, secrets: readonly HeldSecret[], onOver: () => void) {
    this.sent = new SentTexts(
      matcher,
      secrets.map(({ value }) => value),
    );
    this.#matcher = matcher;
    this.#names = new Set(secrets.map(({ name }) => name));
    this.#whole = new WholeValues(secrets);
    this.#onOver = onOver;
  }

  /** True: nothing may go out any more, and nothing come back. */
  get isOver(): boolean {
    return this.#parts.size >= MAX_PARTS;
  }

  /** For one stream of an answer. */
  redactor(): Redactor {
    return this.#open((span, hidden) => {
      const { bytes } = span;
      if (hidden.length === 1 && hidden[0]!.end - hidden[0]!.start === bytes.length) return undefined;
      const out: Uint8Array[] = [];
      let at = 0;
      for (const { start, end, name } of hidden) {
        out.push(Buffer.from(bytes.subarray(at, start)), Buffer.from(`[redacted:${name}]`));
        at = end;
      }
      out.push(Buffer.from(bytes.subarray(at)));
      return Buffer.concat(out);
    });
  }

  /** What of a piece of an answer must not be seen, in order. */
  hiddenIn(bytes: Uint8Array): readonly Hidden[] {
    const all: Hidden[] = [];
    const redactor = this.#open((span, hidden) => {
      for (const { start, end, name } of hidden) all.push({ name, start: span.start + start, end: span.start + end });
      return undefined;
    });
    redactor.push(bytes);
    redactor.end();
    return all;
  }

  wipe(): void {
    this.#whole.wipe();
  }

  #open(onSpan: (span: RedactedSpan, hidden: readonly Hidden[]) => Uint8Array | undefined): Redactor {
    let lastEnd = -1;
    let tail = Buffer.alloc(0);
    let length = 0;
    const redactor = this.#matcher.redactor((span) => {
      // A long value is told in several spans.
      const isContinued = span.start === lastEnd;
      lastEnd = span.end;
      const at = tail.length - (length - span.start);
      return onSpan(span, this.#judge(span, tail.subarray(Math.max(0, at - BEFORE), Math.max(0, at)), isContinued));
    });
    return {
      push: (bytes) => {
        tail = Buffer.concat([tail.subarray(-TAIL), bytes]);
        length += bytes.length;
        return redactor.push(bytes);
      },
      end: () => redactor.end(),
      get counts() {
        return redactor.counts;
      },
    };
  }

  /** By places in the span. */
  #judge({ names, bytes }: RedactedSpan, before: Uint8Array, isContinued: boolean): readonly Hidden[] {
    const all = [{ name: names[0]!, start: 0, end: bytes.length }];
    if (!names.some((name) => this.#names.has(name))) return all;
    if (this.sent.includes(bytes, before)) return [];
    const whole = this.#whole.in(bytes);
    if (whole.length > 0) return this.#around(bytes, whole);
    if (!isContinued) this.#count(bytes);
    return all;
  }

  /** What stands beside a value is shown, if the run has sent it: else its fate would tell whether it is a part. */
  #around(bytes: Uint8Array, whole: readonly WholeValue[]): readonly Hidden[] {
    const hidden: { name: string; start: number; end: number }[] = [];
    const hide = (name: string, start: number, end: number): void => {
      const last = hidden.at(-1);
      if (last?.end === start) last.end = end;
      else if (end > start) hidden.push({ name, start, end });
    };
    const beside = (name: string, start: number, end: number): void => {
      const part = bytes.subarray(start, end);
      if (part.length >= MIN_BESIDE && this.sent.includes(part, NOTHING)) return;
      if (part.length >= MIN_BESIDE && namesInText(this.#matcher, part).length > 0) this.#count(part);
      hide(name, start, end);
    };
    let at = 0;
    for (const { name, start, end } of whole) {
      beside(name, at, start);
      hide(name, start, end);
      at = end;
    }
    beside(whole.at(-1)!.name, at, bytes.length);
    return hidden;
  }

  #count(bytes: Uint8Array): void {
    if (this.isOver) return;
    this.#parts.add(createHash("sha256").update(bytes).digest("base64"));
    if (this.isOver) this.#onOver();
  }
}

/** Different ones in one run. */
const MAX_PARTS = 3;
/** Fewer characters of an encoding may depend on a value. */
const MIN_BESIDE = 8;
const NOTHING = new Uint8Array(0);
/** What stands so far before a span may be a reason for it; the redactor holds no more back than the tail. */
const BEFORE = 1024;
const TAIL = 64 * 1024;
