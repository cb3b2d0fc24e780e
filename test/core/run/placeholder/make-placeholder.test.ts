import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { compileMatcher, redactText } from "#core/redact/matcher.ts";
import { makePlaceholder } from "#core/run/placeholder/make-placeholder.ts";

const any = (): boolean => true;

test("a placeholder has the value's length, kinds of characters, separators and public prefix", () => {
  const made = makePlaceholder("sk_live_4eC39HqLyjWDarjtT1zdp7dc", any);
  assert.match(made, /^sk_live_[0-9][a-z][A-Z][0-9]{2}[A-Z][a-z][A-Z][a-z]{2}[A-Z]{2}[a-z]{3}[a-z][A-Z][0-9]/);
  assert.equal(made.length, 32);
  assert.match(
    makePlaceholder("0b1c2d3e-4f50-6172-8394-a5b6c7d8e9f0", any),
    /^[0-9a-z]{8}(-[0-9a-z]{4}){3}-[0-9a-z]{12}$/,
  );
});

test("S126 a placeholder keeps no letter or digit of the value but the issuer's public prefix", () => {
  fc.assert(
    fc.property(fc.stringMatching(/^[A-Za-z0-9]{24,64}$/), (value) => {
      const made = makePlaceholder(value, any);
      const same = [...made].filter((character, at) => character === value[at]).length;
      // By chance one in 26 or one in 10; 20 in a row are no chance.
      assert.ok(same < value.length * 0.75, `${same} of ${value.length}`);
    }),
    { numRuns: 300 },
  );
  assert.doesNotMatch(makePlaceholder("hunter2-is-my-password-1", any), /hunter|password/);
});

test("a placeholder is long and plain enough for a header, a URL and JSON, whatever the value is", () => {
  const values = [
    "a",
    "7",
    "ov",
    "    ",
    "p",
    "{}",
    "ö".repeat(30),
    "x\ny\r\n",
    "'\"\\<>&%",
    "z".repeat(65_536),
    "-".repeat(40),
  ];
  for (const value of values) {
    const made = makePlaceholder(value, any);
    assert.match(made, /^[A-Za-z0-9._-]{20,300}$/, JSON.stringify(value.slice(0, 20)));
    assert.ok(made.replace(/[._-]/g, "").length >= 20);
  }
});

test("a value that is part of many texts is not part of its placeholder, and the redactor leaves it alone", () => {
  for (const value of ["o", "sk", "ov_pl", "production", "4eC39HqLyjWDarjtT1zdp7dc"]) {
    const matcher = compileMatcher([{ name: "KEY", value: Buffer.from(value) }]);
    const made = makePlaceholder(value, (text) => redactText(matcher, text) === text);
    assert.ok(!made.includes(value) && !value.includes(made));
    assert.equal(redactText(matcher, `key ${made} end`), `key ${made} end`);
  }
});

test("two placeholders of one value differ", () => {
  assert.notEqual(makePlaceholder("sk_live_4eC39HqLyj", any), makePlaceholder("sk_live_4eC39HqLyj", any));
});
