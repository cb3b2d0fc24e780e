import assert from "node:assert/strict";
import { randomInt } from "node:crypto";
import { test } from "node:test";
import { compileMatcher } from "../../../extension/core/redact/matcher.ts";
import { alternate, leakMatrix } from "../../leak-matrix/cases.ts";
import { leaked } from "../../leak-matrix/judge.ts";
import { runCase, valuesOf } from "../../leak-matrix/run-case.ts";
import { redacted } from "./redacted.ts";

const { cases, fixtures } = leakMatrix();

for (const one of cases) {
  if (one.expected === "cannot" || one.expected === "allowed") continue;
  const verb = one.expected === "unchanged" ? "passes byte for byte" : "doesn't show the value";
  test(`S40 leak matrix ${one.id} ${verb}: ${one.notes || one.command}`, async () => {
    const fixture = fixtures[one.fixture]!;
    const [raw, other] = [await runCase(one.command, fixture), await runCase(one.command, alternate(fixture))];
    const matcher = compileMatcher(valuesOf(fixture));
    const sizes = () => (raw.stdout.length > 4096 ? randomInt(1, 4096) : randomInt(1, 16));
    const stdout = redacted(matcher, raw.stdout, sizes);
    const shown = Buffer.concat([stdout.subarray(0, one.cap ?? stdout.length), redacted(matcher, raw.stderr, sizes)]);
    const before = Buffer.concat([raw.stdout, raw.stderr]);
    if (one.expected === "unchanged") assert.deepEqual(shown, before);
    else assert.ok(leaked(before, Buffer.concat([other.stdout, other.stderr]), shown) < 0.5);
    for (const text of one.forbid ?? []) assert.ok(!shown.includes(text));
    assert.deepEqual(stdout, redacted(matcher, raw.stdout), "the chunks made a difference");
  });
}
