import assert from "node:assert/strict";
import { test } from "node:test";
import { redactText } from "#core/redact/matcher.ts";
import { deferRunMatcher } from "#core/run/deferred-matcher.ts";
import { compileRunMatcher } from "#core/run/run-matcher.ts";
import { RunWatch } from "#core/run/run-watch.ts";
import { API_KEY } from "./leased.ts";

const values = () => [
  { name: "API_KEY", value: Buffer.from(API_KEY) },
  { name: "STAGE", value: Buffer.from("production") },
];
const reversed = [...API_KEY].reverse().join("");

test("a matcher that is made when it is needed finds the same as one that is made before", async () => {
  const [deferred, compiled] = [await deferRunMatcher(values()), await compileRunMatcher(values())];
  for (const text of [`key ${API_KEY}, STAGE=production`, reversed, Buffer.from(API_KEY).toString("base64"), "plain"]) {
    assert.equal(redactText(deferred, text), redactText(compiled, text));
  }
  assert.deepEqual(deferred.weak, compiled.weak);
  assert.equal(redactText(deferred, `x ${deferred.canary.value} y`), `x [redacted:${deferred.canary.name}] y`);
});

test("the values may be wiped as soon as it is there, before anything was printed", async () => {
  const given = values();
  const matcher = await deferRunMatcher(given);
  for (const { value } of given) value.fill(0);
  assert.equal(redactText(matcher, API_KEY), "[redacted:API_KEY]");
});

test("S366 a value in disguise is noticed by it too", async () => {
  const matcher = await deferRunMatcher(values());
  const watch = new RunWatch(matcher, matcher);
  redactText(watch.matcher, API_KEY);
  assert.equal(watch.alarm(), undefined);
  redactText(watch.matcher, reversed);
  assert.deepEqual(watch.alarm(), { dumped: false, evasive: ["API_KEY"] });
});

test("a stream without a byte ends without one, and counts nothing", async () => {
  const redactor = (await deferRunMatcher(values())).redactor();
  assert.deepEqual([redactor.end().length, redactor.counts.size], [0, 0]);
});

test("wiped before the first byte it passes nothing on, and wiped after it neither", async () => {
  const [early, late] = [await deferRunMatcher(values()), await deferRunMatcher(values())];
  const redactor = early.redactor();
  early.wipe();
  assert.throws(() => redactor.push(Buffer.from(API_KEY)), /was wiped/);
  redactText(late, API_KEY);
  late.wipe();
  assert.throws(() => redactText(late, API_KEY), /was wiped/);
});
