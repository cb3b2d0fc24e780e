import assert from "node:assert/strict";
import { test } from "node:test";
import { seeded } from "../../../bench/redact-texts.ts";
import { compileMatcher } from "../../../extension/core/redact/matcher.ts";
import { alternate, type LeakCase, leakMatrix, moreCases } from "../../leak-matrix/cases.ts";
import { leaked } from "../../leak-matrix/judge.ts";
import { runCase, valuesOf } from "../../leak-matrix/run-case.ts";
import { shown } from "../../leak-matrix/shown.ts";

const { cases, fixtures } = leakMatrix();
/** The same sizes each time, as the cases of property tests are: see fixed-seed.ts. */
const random = seeded(Number(process.env.SEED ?? 20_261_123));

for (const one of [...cases, ...moreCases()]) {
  if (one.expected === "cannot" || one.expected === "allowed") continue;
  const verb = one.expected === "unchanged" ? "passes byte for byte" : "doesn't show the value";
  test(`S40 leak matrix ${one.id} ${verb}: ${one.notes || one.command}`, () => check(one));
}

async function check(one: LeakCase): Promise<void> {
  const fixture = fixtures[one.fixture]!;
  const [raw, other] = [await runCase(one.command, fixture), await runCase(one.command, alternate(fixture))];
  const matcher = compileMatcher(valuesOf(fixture));
  const sizes = () => 1 + random(raw.stdout.length > 4096 ? 4095 : 15);
  const { stdout, stderr } = shown(matcher, raw, sizes);
  const out = Buffer.concat([stdout.subarray(0, one.cap ?? stdout.length), stderr]);
  const before = Buffer.concat([raw.stdout, raw.stderr]);
  if (one.expected === "unchanged") assert.deepEqual(out, before);
  else assert.ok(leaked(before, Buffer.concat([other.stdout, other.stderr]), out) < 0.5);
  for (const text of one.forbid ?? []) assert.ok(!out.includes(text));
  assert.deepEqual(stdout, shown(matcher, raw).stdout, "the chunks made a difference");
}
