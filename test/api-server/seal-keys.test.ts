import assert from "node:assert/strict";
import { join } from "node:path";
import { test } from "node:test";
import { randomBuffer } from "#core/crypto/random.ts";
import type { KeysPayload } from "#core/store/contract.ts";
import { pepper as pepperOf } from "../../api-server/keys/pepper.ts";
import { type SealKeys, sealKeys } from "../../api-server/keys/seal-keys.ts";
import { serverIdentity } from "../../api-server/keys/server-identity.ts";
import { migrate } from "../../api-server/storage/migrate.ts";
import { openSqlite } from "../../api-server/storage/sqlite-database.ts";
import { temporaryFolder } from "../temporary-folder.ts";

const HOUR = 3600_000;

function payloadOf(keys: SealKeys): KeysPayload {
  return JSON.parse(Buffer.from(keys.document().payload, "base64url").toString());
}

test("a key lives for a day, is published a day ahead, opens for one hour more, and then is gone", async (t) => {
  const database = await openSqlite(join(temporaryFolder("ov-keys-"), "keys.db"));
  t.after(() => database.close());
  await migrate(database);
  let now = Date.now();
  const keys = await sealKeys(database, serverIdentity(randomBuffer(32)), pepperOf(randomBuffer(32)), () => now);
  const first = payloadOf(keys);
  assert.equal(first.keys.length, 2, "one for now, one for the next day");
  assert.equal(first.keys[1]!.not_before, first.keys[0]!.not_after);

  now += 24 * HOUR;
  await keys.refresh();
  const second = payloadOf(keys);
  assert.ok(second.sequence > first.sequence);
  assert.deepEqual(second.keys.slice(0, 2), first.keys);
  assert.equal(second.keys.length, 3);

  now += HOUR + 1;
  assert.equal(keys.seedOf(first.keys[0]!.id), undefined);
  await keys.refresh();
  assert.deepEqual(
    payloadOf(keys).keys.map((key) => key.id),
    second.keys.slice(1).map((key) => key.id),
  );
  assert.equal(keys.seedOf(second.keys[1]!.id)?.length, 32);
});

test("another server's key file is refused before anything is written under it, also when a key is due", async (t) => {
  const database = await openSqlite(join(temporaryFolder("ov-keys-"), "keys.db"));
  t.after(() => database.close());
  await migrate(database);
  const [identity, own, other] = [serverIdentity(randomBuffer(32)), randomBuffer(32), randomBuffer(32)];
  let now = Date.now();
  const open = (pepper: Buffer) => sealKeys(database, identity, pepperOf(pepper), () => now);
  const before = payloadOf(await open(own));
  now += 24 * HOUR;
  await assert.rejects(open(other), /not the one of this database/);
  const after = payloadOf(await open(own));
  assert.deepEqual(after.keys.slice(0, 2), before.keys);
});
