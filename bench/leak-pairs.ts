// All ordered pairs of the encoders of the tests, each with some random values between random neighbours: how many pairs
// leave eight bytes or more of a value readable. `npm run bench:leaks -- --pairs [values, 1] [seed, random]`
import { randomInt } from "node:crypto";
import { leftBy, nameOf, PAIRS, samples } from "../test/core/redact/pairs.ts";

const MOST = 8;

export function reportPairs(values: number, seed: number): void {
  const tried = samples(seed, values);
  const leaking = PAIRS.filter((pair) => tried.some((sample) => leftBy(pair, sample) >= MOST));
  console.log(
    `Seed ${seed}, ${values} values: of ${PAIRS.length} pairs ${leaking.length} leave ${MOST} bytes or more.\n`,
  );
  for (const pair of leaking) console.log(`- ${nameOf(pair)}`);
}

export function randomSeed(): number {
  return randomInt(1, 2 ** 31);
}
