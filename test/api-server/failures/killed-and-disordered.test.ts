import assert from "node:assert/strict";
import { after, test } from "node:test";
import { temporaryFolder } from "../../temporary-folder.ts";
import { faultsOf } from "./faults.ts";
import { judge, type Seen } from "./history.ts";
import { killClient } from "./kill-client.ts";
import { killServer } from "./kill-server.ts";
import { newCluster } from "./postgres-cluster.ts";
import { reordered } from "./reordered.ts";
import { replays } from "./replays.ts";
import { twoWriters } from "./two-writers.ts";

const SEED = 20_261_124;
const cluster = await newCluster();
after(() => cluster.close());

const DATABASES = [
  ["SQLite", async () => ({ folder: temporaryFolder("ov-failure-") })],
  [
    "PostgreSQL",
    async () => ({
      folder: temporaryFolder("ov-failure-"),
      databaseUrl: cluster.url(await cluster.newDatabase()),
    }),
  ],
] as const;

for (const [name, options] of DATABASES) {
  test(`a server that is killed while four clients write has every write that it acknowledged, whole (${name})`, async () => {
    const found = await killServer(await options(), { writes: 80, kills: 2, seed: SEED });
    assert.equal(faultsOf(found), undefined);
    assert.equal(found.acknowledged, 80);
    assert.ok(found.kills === 2 && found.again > 0, "it was killed while writes were on their way");
  });

  test(`a client that is killed leaves what was acknowledged, no half write, and files to go on with (${name})`, async () => {
    const found = await killClient(await options(), { writes: 24, kills: 2, seed: SEED });
    assert.equal(faultsOf(found), undefined);
    assert.ok(found.kills >= 2 && found.acknowledged >= 18);
  });

  test(`S260 captured calls that are sent again, at once, later, after hours or a restart, take effect once (${name})`, async () => {
    const found = await replays(await options(), { calls: 30, seed: SEED });
    assert.equal(faultsOf(found), undefined);
    assert.ok(found.replays > 100);
    assert.deepEqual(Object.keys(found.answers).sort(), ["clock_skew", "replayed", "replayed (after a restart)"]);
  });

  test(`writes that come in any order are taken in theirs (${name})`, async () => {
    const found = await reordered(await options(), { writes: 30, seed: SEED });
    assert.equal(faultsOf(found), undefined);
    assert.ok(found.early > 30);
  });

  test(`two devices that write one environment lose no update, and what they saw has one order (${name})`, async () => {
    const found = await twoWriters([await options()], { writes: 40, seed: SEED });
    assert.equal(faultsOf(found), undefined);
    assert.equal(found.acknowledged, 80);
    assert.ok(found.conflicts > 0 && found.reads > 0, "they met");
  });
}

test("the judge of histories finds a lost update, an old read and a place taken twice", () => {
  const chain = [1, 2, 3].map((n) => Buffer.alloc(200, n).toString("base64url"));
  const call = (kind: Seen["kind"], counter: number, start: number): Seen => ({
    ...{ kind, counter, start, end: start + 1, head: chain[counter - 1]! },
  });
  const good = [call("write", 1, 0), call("write", 2, 10), call("read", 2, 20), call("write", 3, 30)];
  const { lost, disordered, broken } = judge(good, chain);
  assert.deepEqual({ lost, disordered }, { lost: 0, disordered: 0 });
  assert.equal(broken, 3, "these heads name no head before");
  assert.equal(judge([...good, { ...call("write", 3, 40), head: "other" }], chain).lost, 1);
  assert.equal(judge([...good, call("write", 3, 40)], chain).lost, 1);
  assert.equal(judge([...good, call("read", 1, 40)], chain).disordered, 1);
  assert.equal(judge([...good, call("conflict", 2, 40)], chain).disordered, 1);
});
