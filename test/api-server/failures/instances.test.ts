import assert from "node:assert/strict";
import { after, test } from "node:test";
import { temporaryFolder } from "../../temporary-folder.ts";
import { backupUnderWrites } from "./backup-under-writes.ts";
import { clocks } from "./clocks.ts";
import { faultsOf } from "./faults.ts";
import { instanceKilled, rollingUpgrade } from "./instances.ts";
import { newCluster } from "./postgres-cluster.ts";

const SEED = 20_261_124;
const cluster = await newCluster();
after(() => cluster.close());

test("of two servers on one PostgreSQL one is killed under load: nothing that was acknowledged is lost", async () => {
  const found = await instanceKilled(cluster, temporaryFolder("ov-two-"), { writes: 80, kills: 2, seed: SEED });
  assert.equal(faultsOf(found), undefined);
  assert.ok(found.acknowledged === 80 && found.again > 0);
});

test("two servers are replaced by the next version one after the other, under load: both work on the new schema", async () => {
  const found = await rollingUpgrade(cluster, () => temporaryFolder("ov-rolling-"), {
    ...{ writes: 80, times: 1, seed: SEED },
  });
  assert.equal(faultsOf(found), undefined);
  assert.ok(found.acknowledged >= 80 && found.upgrades === 1 && found.whileBoth >= 10);
});

test("clocks that are an hour apart, either way, keep no client from logging in, writing and reading", async () => {
  const found = await clocks({ folder: temporaryFolder("ov-clock-") }, temporaryFolder("ov-clocks-"), {
    ...{ writes: 1, ways: 3 },
  });
  assert.equal(faultsOf(found), undefined);
  assert.deepEqual(found, { ways: 3, acknowledged: 3, lost: 0 });
});

test("a backup that is made while clients write holds what was acknowledged before it, of one moment, and is a new epoch", async () => {
  const from = { folder: temporaryFolder("ov-backed-up-") };
  const to = async () => ({
    folder: temporaryFolder("ov-restored-"),
    databaseUrl: cluster.url(await cluster.newDatabase()),
  });
  const found = await backupUnderWrites(from, to, temporaryFolder("ov-backups-"), { backups: 1 });
  assert.equal(faultsOf(found), undefined);
  assert.ok(found.writesMeanwhile > 0);
});
