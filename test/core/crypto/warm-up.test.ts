import assert from "node:assert/strict";
import { test } from "node:test";
import { warmUp } from "#core/crypto/warm-up.ts";

test("other work has its turn between the parts of a warm-up", async () => {
  let turns = 0;
  let isDone = false;
  const count = (): void => {
    turns++;
    if (!isDone) setImmediate(count);
  };
  setImmediate(count);
  await warmUp();
  isDone = true;
  assert.ok(turns >= 4);
});
