import assert from "node:assert/strict";
import { after, test } from "node:test";
import { temporaryFolder } from "../../temporary-folder.ts";
import { failover } from "./failover.ts";
import { faultsOf } from "./faults.ts";
import { newCluster } from "./postgres-cluster.ts";
import { postgresOutage } from "./postgres-outage.ts";

const SEED = 20_261_124;
const cluster = await newCluster();
after(() => cluster.close());

test("S261 PostgreSQL stops, crashes and loses its connections under load: nothing that was acknowledged is lost", async () => {
  const found = await postgresOutage(cluster, temporaryFolder("ov-outage-"), { writes: 60, times: 3, seed: SEED });
  assert.equal(faultsOf(found), undefined);
  assert.equal(found.acknowledged, 60);
  assert.ok(found.stopped === 1 && found.crashed === 1 && found.cut === 1 && found.lostByClient > 0 && found.again > 0);
});

test("when PostgreSQL is gone for good, its replica takes over with everything that was acknowledged", async () => {
  const found = await failover(() => temporaryFolder("ov-failover-"), { writes: 60, times: 1, seed: SEED });
  assert.equal(faultsOf(found), undefined);
  assert.ok(found.acknowledged === 60 && found.again > 0);
});
