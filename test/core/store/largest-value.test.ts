import assert from "node:assert/strict";
import { join } from "node:path";
import { test } from "node:test";
import { openDeviceState } from "#core/store/device-state.ts";
import { openFileStore } from "#core/store/file-store.ts";
import { createEnvironment } from "#core/vault/apps.ts";
import { readSecrets } from "#core/vault/secret-read.ts";
import { createVault } from "#core/vault/vault.ts";
import { DEV, KEY, PASSWORD, put } from "../vault/fixture.ts";
import { temporaryFolder } from "./sample.ts";

test("a file store takes the largest value, with the longest description, and no larger one", async (t) => {
  const folder = await temporaryFolder(t);
  const store = openFileStore(join(folder, "vault"));
  const device = openDeviceState(join(folder, "state"));
  const { session } = await createVault({ store, device, now: Date.now }, PASSWORD);
  await createEnvironment(session, DEV);
  await put(session, KEY, Buffer.alloc(65_536, 7));
  assert.deepEqual((await readSecrets(session, DEV, [KEY]))[0]!.value, Buffer.alloc(65_536, 7));
  await assert.rejects(put(session, KEY, Buffer.alloc(65_537, 7)), { code: "value-invalid" });
  session.lock();
});
