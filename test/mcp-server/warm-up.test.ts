import assert from "node:assert/strict";
import { test } from "node:test";
import { warmUp } from "#mcp/warm-up.ts";
import { testDeps } from "./fixtures/test-deps.ts";

test("a warm-up asks nothing of the vault or of a person, logs nothing, and ends", async () => {
  const refuse = () => assert.fail("it was asked");
  const deps = await testDeps({ overrides: { access: refuse, newAsk: refuse, askSecret: refuse } });
  await warmUp(deps);
  assert.deepEqual(deps.lines, []);
});
