import assert from "node:assert/strict";
import { afterEach, test } from "node:test";
import { CONTENTS, fakeVault, STRIPE } from "./fixtures/fake-vault.ts";
import { type Linked, linkedClient } from "./fixtures/linked-client.ts";
import { TEST_KEY, testDeps } from "./fixtures/test-deps.ts";

let linked: Linked | undefined;
afterEach(async () => {
  await linked?.close();
  linked = undefined;
});

for (const era of ["modern", "old"] as const) {
  test(`vault_run gives a command its secrets and returns redacted output (${era} protocol)`, async () => {
    const vault = fakeVault(CONTENTS, { approvesAll: true });
    linked = await linkedClient(await testDeps({ vault }), era);
    const result = await linked.client.callTool({
      name: "vault_run",
      arguments: { command: "echo got $STRIPE_KEY; exit 3", secrets: ["STRIPE_KEY"] },
    });
    assert.notEqual(result.isError, true, JSON.stringify(result));
    const structured = result.structuredContent as Record<string, unknown>;
    assert.equal(structured.exit_code, 3);
    assert.equal(structured.stdout, "got [redacted:STRIPE_KEY]\n");
    assert.deepEqual(structured.secrets_injected, ["STRIPE_KEY"]);
    assert.ok(!JSON.stringify(result).includes(STRIPE));
    assert.deepEqual(vault.calls, ["lease", "settle ended"]);
  });
}
