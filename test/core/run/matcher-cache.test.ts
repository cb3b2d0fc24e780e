import assert from "node:assert/strict";
import { test } from "node:test";
import { MatcherCache } from "#core/run/matcher-cache.ts";
import { UNREDACTED } from "#core/run/unredacted.ts";

function counting(): { cache: MatcherCache; compiled: () => number; wiped: string[] } {
  let compiled = 0;
  const wiped: string[] = [];
  const cache = new MatcherCache(([first]) => {
    compiled++;
    return { ...UNREDACTED, wipe: () => void wiped.push(first!.name) };
  });
  return { cache, compiled: () => compiled, wiped };
}

const values = (name: string) => [{ name, value: Buffer.from("x") }];

test("equal leases share one matcher", () => {
  const { cache, compiled } = counting();
  const first = cache.acquire("A", values("A"));
  assert.equal(cache.acquire("A", values("A")).matcher, first.matcher);
  first.release();
  assert.equal(cache.acquire("A", values("A")).matcher, first.matcher);
  assert.notEqual(cache.acquire("B", values("B")).matcher, first.matcher);
  assert.equal(compiled(), 2);
});

test("only a few are kept, and the one used longest ago is wiped", () => {
  const { cache, wiped } = counting();
  for (const name of ["A", "B", "C", "D", "A", "E"]) cache.acquire(name, values(name)).release();
  assert.deepEqual(wiped, ["B"]);
});

test("S26 at lock every matcher is wiped, those of running children when they end", () => {
  const { cache, wiped } = counting();
  const running = cache.acquire("A", values("A"));
  const also = cache.acquire("A", values("A"));
  cache.acquire("B", values("B")).release();
  cache.close();
  assert.deepEqual(wiped, ["B"]);
  running.release();
  running.release();
  assert.deepEqual(wiped, ["B"]);
  also.release();
  assert.deepEqual(wiped, ["B", "A"]);
});
