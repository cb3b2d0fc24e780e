import assert from "node:assert/strict";
import { test } from "node:test";
import { seeded } from "../../../bench/redact-texts.ts";
import { leftBy, nameOf, PAIRS, samples } from "./pairs.ts";

/** `npm run bench:leaks -- --pairs` tries all pairs with other ones. */
const SEED = 20261124;
const VALUES = 12;
const PAIRS_A_VALUE = 200;

test("S43 of a value of letters and digits in two nested encodings no eight bytes survive, whatever stands beside it", (t) => {
  t.diagnostic(`seed ${SEED}`);
  const random = seeded(SEED);
  for (const sample of samples(SEED, VALUES)) {
    for (let n = 0; n < PAIRS_A_VALUE; n++) {
      const pair = PAIRS[random(PAIRS.length)]!;
      const { value, before, after } = sample;
      const left = leftBy(pair, sample);
      assert.ok(left < 8, `${nameOf(pair)}: ${left.toFixed(1)} bytes of ${value} between ${before} and ${after}`);
    }
  }
});
