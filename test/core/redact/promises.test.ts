import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { alphanumeric, junk, skeleton, windowsOf } from "./arbitrary.ts";
import { CODES, ENCODERS, SHAPES } from "./encoders.ts";
import { matcherOf, redacted } from "./redacted.ts";
import { surviving } from "./surviving.ts";

const FORMS = ["plain", "upper", "lower", "reversed", "rot13", "hex", "base32", "base64", "base64url"] as const;

test("S41 of a value with 14 letters and digits, no 12 in a row survive in any form, whatever lies between", () => {
  fc.assert(
    fc.property(
      alphanumeric(14, 48),
      fc.constantFrom(...FORMS),
      fc.array(junk(), { minLength: 1, maxLength: 5 }),
      fc.string({ maxLength: 40 }),
      fc.infiniteStream(fc.integer({ min: 1, max: 40 })),
      (value, form, between, around, sizes) => {
        const encoded = ENCODERS[form]!(Buffer.from(value)).toString("latin1").replaceAll("=", "");
        const spread = [...encoded].map((char, i) => char + (i % 3 === 1 ? between[i % between.length] : "")).join("");
        const out = redacted(matcherOf({ SECRET: value }), `${around}\n${spread} ${around}`, () => sizes.next().value);
        const shown = skeleton(out.toString("latin1").replaceAll("[redacted:SECRET]", "."));
        for (const window of windowsOf(skeleton(encoded), 12)) assert.ok(!shown.includes(window));
      },
    ),
    { numRuns: 1500 },
  );
});

test("S42 the result is the same for every chunking", () => {
  const encoders = Object.keys(ENCODERS);
  fc.assert(
    fc.property(
      fc.string({ unit: "binary-ascii", minLength: 4, maxLength: 40 }),
      fc.constantFrom(...encoders),
      fc.constantFrom(...encoders),
      fc.array(fc.oneof(fc.string(), junk(), fc.string({ unit: "binary" })), { maxLength: 4 }),
      fc.infiniteStream(fc.integer({ min: 1, max: 9 })),
      (value, inner, outer, texts, sizes) => {
        const matcher = matcherOf({ SECRET: value });
        const encoded = ENCODERS[outer]!(ENCODERS[inner]!(Buffer.from(value)));
        const input = Buffer.concat([Buffer.from(texts.join("\n")), encoded, Buffer.from(`\n${texts.join(" ")}`)]);
        const whole = redacted(matcher, input);
        assert.deepEqual(
          redacted(matcher, input, () => sizes.next().value),
          whole,
        );
        assert.deepEqual(
          redacted(matcher, input, () => 1),
          whole,
        );
      },
    ),
    { numRuns: 600 },
  );
});

test("S42 base64 that was released with its line makes no difference to the next one, at any chunk size", () => {
  const matcher = matcherOf({ SECRET: "ovtok_5f7a91c2", SECRET2: "ovtok_5f7a91c2d8e6b3" });
  const lines = [
    "ovtok_5f7a91c2d8e6b3",
    "ovtok_5f7a91c2d8",
    "b3Z0b2tfNWY3YTkxYzJkOGU2YjM=",
    "{",
    "  SECRET: 'ovtok_5f7a91c2',",
  ];
  const text = `${lines.join("\n")}\n`;
  for (const size of [1, 2, 3, 7])
    assert.deepEqual(
      redacted(matcher, text, () => size),
      redacted(matcher, text),
    );
});

const P3 = ["plain", "hex", "hex upper", "base64", "base64url", "url", "json"];

test("S44 a whole value of 6 to 13 characters is hidden in plain, hex, base64, URL and JSON form", () => {
  const text = fc.oneof(
    fc.stringMatching(/^[A-Za-z0-9!@#%&*+=?/.-]{4,11}$/),
    fc.stringMatching(/^[A-Za-z0-9!@#*+?/.\\"'<$-]{4,11}$/),
  );
  const value = fc.tuple(text, fc.constantFrom("K7", "x9", "3Q"));
  fc.assert(
    fc.property(
      value,
      fc.constantFrom(...P3),
      fc.infiniteStream(fc.integer({ min: 1, max: 9 })),
      (parts, form, sizes) => {
        const secret = parts.join("");
        const encoded = ENCODERS[form]!(Buffer.from(secret)).toString("latin1");
        const out = redacted(matcherOf({ PIN: secret }), `the value is ${encoded} today\n`, () => sizes.next().value);
        assert.ok(!out.includes(encoded), `${secret} as ${form}`);
        assert.ok(out.includes("[redacted:PIN]"));
      },
    ),
    { numRuns: 500 },
  );
});

test("S45 every single encoding of the list is hidden, with any signs in the value", () => {
  const names = Object.keys({ ...SHAPES, ...CODES });
  fc.assert(
    fc.property(
      alphanumeric(14, 40),
      fc.array(fc.constantFrom(..."@/+=&%$ !^~;#.-_:"), { minLength: 1, maxLength: 4 }),
      fc.constantFrom(...names),
      (letters, signs, name) => {
        const value = letters.slice(0, 7) + signs.join("") + letters.slice(7);
        // Two lines are too few to have words in common.
        fc.pre(name !== "eleven a line" || value.length > 22);
        const left = surviving(matcherOf({ SECRET: value }), value, (secret) =>
          Buffer.concat([Buffer.from("line\n"), ENCODERS[name]!(Buffer.from(secret)), Buffer.from("\nend\n")]),
        );
        assert.ok(left < 8, `${name} of ${value}`);
      },
    ),
    { numRuns: 800 },
  );
});
