import { setImmediate as nextTurn } from "node:timers/promises";
import { buildGramIndex, type SecretForm } from "./gram-index.ts";
import type { Tables } from "./inspect.ts";
import { buildNeedles, type Needle } from "./needles.ts";
import { planFor } from "./plan.ts";
import { buildRawBytes, type RawValue, wipeRawBytes } from "./raw-bytes.ts";
import { type OnSpan, type Redactor, StreamRedactor } from "./redactor.ts";
import { isWeak } from "./weak.ts";

export type { OnSpan, RedactedSpan, Redactor } from "./redactor.ts";
export { isWeak } from "./weak.ts";

export interface NamedValue {
  readonly name: string;
  readonly value: Uint8Array;
}

/** A set of secrets to look for. Serves any number of streams, one after the other or at once. */
export interface Matcher {
  /** A redactor for one stream; `onSpan` hears of each redaction, in the order of the stream. */
  redactor(onSpan?: OnSpan): Redactor;
  /** The names of the values that are too short or too common to be hidden everywhere. */
  readonly weak: readonly string[];
  /** Overwrites the tables: they hold the values. The matcher and its redactors are of no use afterwards. */
  wipe(): void;
}

export function compileMatcher(values: readonly NamedValue[]): Matcher {
  const steps = compiling(values);
  for (;;) {
    const { done, value } = steps.next();
    if (done === true) return value;
  }
}

/** The same, a few milliseconds at a time: for many secrets it takes long, and an editor runs on the event loop. */
export async function compileMatcherInTurns(values: readonly NamedValue[]): Promise<Matcher> {
  const steps = compiling(values);
  for (let began = performance.now(); ; ) {
    const { done, value } = steps.next();
    if (done === true) return value;
    if (performance.now() - began < TURN_MS) continue;
    await nextTurn();
    began = performance.now();
  }
}

const TURN_MS = 5;

/** Yields where it may rest. */
function* compiling(values: readonly NamedValue[]): Generator<void, Matcher> {
  const forms: SecretForm[] = [];
  const needles: Needle[] = [];
  const raw: RawValue[] = [];
  for (const [secret, { value }] of values.entries()) {
    if (value.length === 0) continue;
    const plan = planFor(secret, value, values.length <= FEW);
    forms.push(...plan.forms);
    needles.push(...plan.needles);
    raw.push(...plan.raw);
    yield;
  }
  const grams = yield* buildGramIndex(forms);
  yield;
  const tables: Tables = {
    names: values.map(({ name }) => name),
    grams,
    needles: needles.length === 0 ? undefined : buildNeedles(needles),
    raw: buildRawBytes(raw),
    accents: values.some(({ value }) => value.some((byte) => byte >= 0x80)),
  };
  let wiped = false;
  return {
    redactor(onSpan) {
      if (wiped) throw new Error("This matcher was wiped.");
      return new StreamRedactor(tables, onSpan);
    },
    weak: values.filter(({ value }) => isWeak(value)).map(({ name }) => name),
    wipe() {
      wiped = true;
      wipeTables(tables);
    },
  };
}

/** Of so many secrets (32, and a run's own canary) the rare encodings are looked for too; the tables of more would slow every stream down. */
const FEW = 33;

/** Whole strings: error messages, file names, titles. */
export function redactText(matcher: Matcher, text: string): string {
  const redactor = matcher.redactor();
  const head = redactor.push(Buffer.from(text, "utf8"));
  return Buffer.concat([head, redactor.end()]).toString("utf8");
}

function wipeTables({ grams, needles, raw }: Tables): void {
  for (const table of [grams.arena, grams.bits, grams.keys, grams.heads, grams.next, grams.evidence.bits])
    table.fill(0);
  for (const { text } of grams.forms) text.fill(0);
  wipeRawBytes(raw);
  if (needles === undefined) return;
  needles.next.fill(0);
  needles.column.fill(0);
  needles.trigrams.fill(0);
  for (const { bytes } of needles.needles) bytes.fill(0);
}
