import assert from "node:assert/strict";
import { test } from "node:test";
import { canMount } from "../../core/store/mounted.ts";
import { temporaryFolder } from "../../temporary-folder.ts";
import { failingSync, fullDisk, noRoomToGrow } from "./disk-faults.ts";
import { faultsOf } from "./faults.ts";
import { powerCut } from "./power-cut.ts";

const SEED = 20_261_124;

test("S262 when the power fails, a server on SQLite has every write that it acknowledged", async () => {
  const found = await powerCut(temporaryFolder("ov-cut-"), { writes: 40, cuts: 8, seed: SEED });
  assert.equal(faultsOf(found), undefined);
  assert.ok(found.operations > 1000);
  assert.ok(found.foundWithoutSync > 0, "on a disk that ignores fsync the same search finds losses");
});

test("a write that has no room is answered with an error, never acknowledged; reads go on, and writes when there is room", async () => {
  const found = await noRoomToGrow(temporaryFolder("ov-limited-"), { writes: 60, faults: 2, seed: SEED });
  assert.equal(faultsOf(found), undefined);
  assert.ok(found.acknowledged === 60 && found.again > 0 && found.readsRefused === 0);
});

// A disk is made where this process may do that; elsewhere the limit of above has a second seed.
const full = canMount ? fullDisk : noRoomToGrow;

test("a disk that is full to its last byte takes nothing of what was acknowledged", async () => {
  const found = await full(temporaryFolder("ov-full-"), { writes: 60, faults: 2, seed: SEED + 1 });
  assert.equal(faultsOf(found), undefined);
  assert.ok(found.acknowledged === 60 && found.again > 0 && found.readsRefused === 0);
});

test("a write whose fsync fails is not acknowledged, and the server goes on when it works again", async () => {
  const found = await failingSync(temporaryFolder("ov-sync-"), { writes: 60, faults: 10, seed: SEED });
  assert.equal(faultsOf(found), undefined);
  assert.ok(found.faults === 10 && found.again > 0);
});
