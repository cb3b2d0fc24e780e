import assert from "node:assert/strict";
import { test } from "node:test";
import { temporaryFolder } from "../../temporary-folder.ts";
import { startApiProcess } from "./api-process.ts";
import { faultsOf } from "./faults.ts";
import { hostileHttp } from "./hostile-http.ts";
import { madeVault } from "./made-vault.ts";
import { quickCaller } from "./quick-caller.ts";
import { sealedFuzz } from "./sealed-fuzz.ts";
import { slowloris } from "./slowloris.ts";

test("500 slow connections keep nobody from being answered", async () => {
  const size = { connections: 500, calls: 50, turns: 1, wait: 0 };
  const found = await slowloris(temporaryFolder("ov-slow-"), size);
  assert.equal(faultsOf(found), undefined);
  assert.equal(found.connections, 500);
});

test("S263 no request that two readers of HTTP may take for different ones is taken, nor one behind it", async () => {
  const api = await startApiProcess({ folder: temporaryFolder("ov-smuggled-") });
  const vault = madeVault();
  const caller = await quickCaller(api, vault.device);
  const found = await hostileHttp(api.url, caller.seal("GET", "/account").bytes);
  caller.close();
  await api.stop();
  assert.deepEqual(found.taken, []);
  assert.ok(found.requests > 40);
});

test("S264 2,000 inputs, well sealed ones too, are each refused or answered, and the server fails at none", async () => {
  const found = await sealedFuzz(temporaryFolder("ov-fuzz-"), { inputs: 2000, seed: 20_261_124 });
  assert.equal(faultsOf(found), undefined);
  assert.ok((found.answers["sealed 400"] ?? 0) > 50 && (found.answers["401"] ?? 0) > 500, "both kinds were among them");
});
