import assert from "node:assert/strict";
import { test } from "node:test";
import { serveVault } from "./served-vault.ts";

const NO_MORE = 1e-6;

test("a device that calls too often is told when it may again", async (t) => {
  const { api, caller, device } = await serveVault({ rates: { device: [NO_MORE, 3], address: [NO_MORE, 3] } });
  t.after(() => api.close());
  const call = () => caller.call("GET", "/account", { device });
  for (let count = 0; count < 3; count++) assert.equal((await call()).status, 200);
  const refused = await call();
  assert.equal(refused.body.code, "rate_limited");
  assert.ok(refused.body.retry_after > 0);
});

test("captured calls count for the address that sends them, and take none of the device's own", async (t) => {
  // One of the address's five is for the account.
  const { api, caller, device } = await serveVault({ rates: { device: [NO_MORE, 3], address: [NO_MORE, 5] } });
  t.after(() => api.close());
  const captured = await caller.seal("GET", "/account", { device });
  const old = await caller.seal("GET", "/account", { device, time: Date.now() - 3600_000 });
  assert.equal(captured.open((await caller.post(captured.bytes)).bytes).status, 200);
  const told: number[] = [];
  for (const { bytes } of [captured, old, captured, old, captured, old, captured, old]) {
    told.push((await caller.post(bytes)).status);
  }
  assert.deepEqual(told, [200, 200, 200, 200, 429, 429, 429, 429], "sealed refusals, and then no word more");
  for (let count = 0; count < 2; count++) {
    assert.equal((await caller.call("GET", "/account", { device })).status, 200, "the device is let in as before");
  }
  assert.equal((await caller.call("GET", "/account", { device })).body.code, "rate_limited");
});
