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

/** What has lines of its own, or none that show where a piece ends. */
const LINES = [
  "one per line",
  "numbered",
  "numbered after",
  "four a line",
  "eleven a line",
  "highlighted",
  "ascii85",
  "decimal lines",
  "json buffer, indented",
  "bits 0b",
  "xxd",
  "hexdump -C",
  "hexdump words",
  "od -c",
  "od octal words",
  "gzip xxd",
];

/** Pieces of digits alone look like lines with a number that counts up, of which logs are full. */
const DIGITS = ["decimal", "decimal signed", "decimal run together"];

/** Outer encoder → the inner ones with which some values leave more than seven bytes. */
const LEAKING: Readonly<Record<string, readonly string[]>> = {
  "four a line": [...LINES, ...DIGITS, "c octal", "c hex", "html open", "base64 wrapped 20"],
  "eleven a line": [...LINES, ...DIGITS],
  "one per line": ["four a line", "eleven a line"],
  numbered: ["four a line", "eleven a line"],
  "numbered after": ["four a line", "eleven a line"],
  reversed: [
    "numbered list",
    "four a line",
    "eleven a line",
    "highlighted",
    "hex 0x",
    "json buffer",
    ...DIGITS,
    "characters with codes",
    "bits 0b",
    "hexdump words",
    "od -c",
    "od octal words",
    "gzip xxd",
  ],
  rot13: ["highlighted", "hex 0x", "hexdump words", "gzip xxd"],
  highlighted: [
    "upper",
    "lower",
    "reversed",
    "rot13",
    "four a line",
    "eleven a line",
    "ascii85",
    "characters with codes",
    "hexdump words",
    "od octal words",
    "gzip hex",
    "gzip xxd",
  ],
  ascii85: ["upper", "lower", "reversed", "rot13", "tag characters"],
  json: ["four a line", "gzip xxd"],
  "json partly \\u": ["gzip xxd"],
  url: ["gzip xxd"],
  "url partly, lower": ["gzip xxd"],
  "html partly": ["gzip xxd"],
  "quoted-printable": ["gzip xxd"],
  "shell single": ["gzip xxd"],
  "shell backslash": ["gzip xxd"],
  csv: ["gzip xxd"],
  "hex spaces": ["full-width"],
  "hex colons": ["full-width"],
  "hex 0x": ["full-width"],
  "raw deflate base64": ["c unicode", "cursor moves", "xxd", "hexdump -C"],
  "gzip xxd": ["spaced", "base32 lower"],
};

/** The names of these pairs. */
export const EXCEPTED: ReadonlySet<string> = new Set(
  Object.entries(LEAKING).flatMap(([outer, inners]) => inners.map((inner) => nameOf({ outer, inner }))),
);
