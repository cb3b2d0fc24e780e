import assert from "node:assert/strict";
import { test } from "node:test";
import { compileMatcher, compileMatcherInTurns, redactText } from "#core/redact/matcher.ts";

const values = Array.from({ length: 400 }, (_, index) => ({
  name: `SECRET_${index}`,
  value: Buffer.from(`kX${index}vQ9z-${index * 7919}-pLm${index}Rt`),
}));
const text = values
  .map(({ value }, index) => `${index}: ${value.toString(index % 2 === 0 ? "latin1" : "base64")} end`)
  .join("\n");

test("a matcher that was compiled in turns hides what one compiled at once hides", async () => {
  const expected = redactText(compileMatcher(values), text);
  assert.match(expected, /\[redacted:SECRET_399\]/);
  assert.equal(redactText(await compileMatcherInTurns(values), text), expected);
});

test("other work goes on while a matcher for many secrets is compiled", async () => {
  let turns = 0;
  const timer = setInterval(() => turns++, 0);
  await compileMatcherInTurns([...values, ...values, ...values]);
  clearInterval(timer);
  assert.ok(turns > 0);
});
