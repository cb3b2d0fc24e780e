import { seeded } from "../../../bench/redact-texts.ts";
import type { Matcher } from "../../../extension/core/redact/matcher.ts";
import { ENCODERS } from "./encoders.ts";
import { matcherOf } from "./redacted.ts";
import { surviving } from "./surviving.ts";

/** An encoder's output given to another one. */
export interface Pair {
  readonly outer: string;
  readonly inner: string;
}

/** A random value of letters and digits, and the text before and after it. */
export interface Sample {
  readonly value: string;
  readonly before: string;
  readonly after: string;
  readonly matcher: Matcher;
}

const names = Object.keys(ENCODERS);

/** Every ordered pair of the encoders. */
export const PAIRS: readonly Pair[] = names.flatMap((outer) => names.map((inner) => ({ outer, inner })));

export function samples(seed: number, count: number): readonly Sample[] {
  const random = seeded(seed);
  const text = (length: number, alphabet: string): string =>
    Array.from({ length }, () => alphabet[random(alphabet.length)]!).join("");
  return Array.from({ length: count }, () => {
    const value = text(18 + random(27), ALPHANUMERIC);
    return {
      value,
      before: text(random(21), PRINTABLE),
      after: text(random(21), PRINTABLE),
      matcher: matcherOf({ SECRET: value }),
    };
  });
}

const ALPHANUMERIC = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
const PRINTABLE = String.fromCharCode(...Array.from({ length: 95 }, (_, i) => 32 + i));

/** How many bytes of the value a pair of encoders leaves readable. */
export function leftBy({ outer, inner }: Pair, { value, before, after, matcher }: Sample): number {
  return surviving(matcher, value, (secret) =>
    Buffer.concat([
      Buffer.from(`${before}\n`),
      ENCODERS[outer]!(ENCODERS[inner]!(Buffer.from(secret))),
      Buffer.from(`\n${after}`),
    ]),
  );
}

export function nameOf({ outer, inner }: Pair): string {
  return `${outer} of ${inner}`;
}
