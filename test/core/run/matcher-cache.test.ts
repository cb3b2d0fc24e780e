import assert from "node:assert/strict";
import { test } from "node:test";
import { MatcherCache } from "#core/run/matcher-cache.ts";
import { PieceWatch } from "#core/run/piece-watch.ts";
import type { RunMatcher } from "#core/run/run-matcher.ts";
import { UNREDACTED } from "#core/run/unredacted.ts";

const FINDS_NOTHING: RunMatcher = {
  ...UNREDACTED,
  canary: { name: "CANARY", value: Buffer.from("x") },
  usual: { isUsual: () => true },
  pieceWatch: () => new PieceWatch(new Map()),
};

function counting(): { cache: MatcherCache; compiled: () => number; wiped: string[] } {
  let compiled = 0;
  const wiped: string[] = [];
  const cache = new MatcherCache(async ([first]) => {
    compiled++;
    return { ...FINDS_NOTHING, wipe: () => void wiped.push(first!.name) };
  });
  return { cache, compiled: () => compiled, wiped };
}

const values = (name: string) => [{ name, value: Buffer.from("x") }];

test("equal leases share one matcher", async () => {
  const { cache, compiled } = counting();
  const first = await cache.acquire("A", values("A"));
  assert.equal((await cache.acquire("A", values("A"))).matcher, first.matcher);
  first.release();
  assert.equal((await cache.acquire("A", values("A"))).matcher, first.matcher);
  assert.notEqual((await cache.acquire("B", values("B"))).matcher, first.matcher);
  assert.equal(compiled(), 2);
});

test("two leases at the same moment share one matcher too, which goes with the later of them", async () => {
  const { cache, compiled, wiped } = counting();
  const [first, second] = await Promise.all([cache.acquire("A", values("A")), cache.acquire("A", values("A"))]);
  assert.equal(compiled(), 1);
  cache.close();
  first.release();
  assert.deepEqual(wiped, []);
  second.release();
  assert.deepEqual(wiped, ["A"]);
});

test("a vault that locks while a matcher is compiled leaves it to its run alone", async () => {
  const { cache, wiped } = counting();
  const compiling = cache.acquire("A", values("A"));
  cache.close();
  (await compiling).release();
  assert.deepEqual(wiped, ["A"]);
});

test("a matcher that could not be compiled is compiled again by the next lease", async () => {
  let attempts = 0;
  const cache = new MatcherCache(async () => {
    if (++attempts === 1) throw new Error("no memory");
    return FINDS_NOTHING;
  });
  await assert.rejects(cache.acquire("A", values("A")), /no memory/);
  assert.equal((await cache.acquire("A", values("A"))).matcher, FINDS_NOTHING);
});

test("only a few are kept, and the one used longest ago is wiped", async () => {
  const { cache, wiped } = counting();
  for (const name of ["A", "B", "C", "D", "A", "E"]) (await cache.acquire(name, values(name))).release();
  assert.deepEqual(wiped, ["B"]);
});

test("S26 at lock every matcher is wiped, those of running children when they end", async () => {
  const { cache, wiped } = counting();
  const running = await cache.acquire("A", values("A"));
  const also = await cache.acquire("A", values("A"));
  (await cache.acquire("B", values("B"))).release();
  cache.close();
  assert.deepEqual(wiped, ["B"]);
  running.release();
  running.release();
  assert.deepEqual(wiped, ["B"]);
  also.release();
  assert.deepEqual(wiped, ["B", "A"]);
});
