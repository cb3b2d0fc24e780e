import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { existsSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import type { KeysDocument, KeysPayload } from "#core/store/contract.ts";
import { keyFileOf } from "../../api-server/place.ts";
import { type ApiOptions, startApi } from "../../api-server/start-api.ts";
import { temporaryFolder } from "../temporary-folder.ts";
import { startPostgres } from "./postgres.ts";
import { serveVault } from "./served-vault.ts";

const MAIN = join(import.meta.dirname, "../../api-server/main.ts");
const postgres = await startPostgres();

const DATABASES: Readonly<Record<string, () => Promise<Partial<ApiOptions>>>> = {
  SQLite: async () => ({}),
  PostgreSQL: async () => ({ databaseUrl: await postgres.newDatabase() }),
};

test("S252 after rotate-keys a server that runs opens nothing that was sealed to the keys of before", async (t) => {
  for (const database of Object.values(DATABASES)) {
    const { api, options, caller, device } = await serveVault(await database(), 1);
    t.after(() => api.close());
    const before = await payloadOf(api.url);
    const captured = await caller.seal("GET", "/account", { device });
    const done = rotate(options);
    assert.equal(done.status, 0, String(done.stderr));
    assert.match(String(done.stdout), /within two seconds/);
    const end = Date.now() + 20_000;
    let after = await payloadOf(api.url);
    while (after.sequence === before.sequence && Date.now() < end) {
      await new Promise((resolve) => setTimeout(resolve, 50));
      after = await payloadOf(api.url);
    }
    assert.ok(after.sequence > before.sequence);
    const old = new Set(before.keys.map((key) => key.id));
    assert.deepEqual(
      after.keys.filter((key) => old.has(key.id)),
      [],
    );
    assert.equal((await caller.post(captured.bytes)).status, 421);
    assert.equal((await caller.call("GET", "/account", { device })).status, 200, "and clients go on with the new ones");
  }
});

test("rotate-keys makes no key file and no database, and takes no other server's key file", async () => {
  const empty = rotate({ folder: temporaryFolder("ov-empty-") });
  assert.equal(empty.status, 73);
  assert.match(String(empty.stderr), /There is no key file/);
  const one = await serveVault({}, 0);
  const other = await startApi({ folder: temporaryFolder("ov-other-") });
  await Promise.all([one.api.close(), other.close()]);
  const keyFile = join(one.options.folder, "server-keys.json");
  const folder = temporaryFolder("ov-third-");
  const third = await startApi({ folder });
  await third.close();
  const wrong = spawnSync(process.execPath, [MAIN, "rotate-keys", "--folder", folder, "--key-file", keyFile]);
  assert.equal(wrong.status, 1);
  assert.match(String(wrong.stderr), /The key file is not the one of this database/);
});

test("S255 a server without its key file, or with another server's, does not start as somebody else", async () => {
  const { api, options, caller, device } = await serveVault({}, 1);
  await api.close();
  const keyFile = keyFileOf(options);
  const own = readFileSync(keyFile);
  rmSync(keyFile);
  await assert.rejects(startApi(options), /There is no key file/);
  assert.equal(existsSync(keyFile), false, "and none was made");
  const other = { folder: temporaryFolder("ov-other-") };
  await (await startApi(other)).close();
  await assert.rejects(startApi({ ...options, keyFile: keyFileOf(other) }), /not the one of this database/);
  writeFileSync(keyFile, own, { mode: 0o600 });
  const again = await startApi({ ...options, port: Number(new URL(api.url).port) });
  assert.deepEqual(again.words, api.words);
  assert.equal((await caller.call("GET", "/account", { device })).status, 200);
  await again.close();
});

function rotate({ folder, databaseUrl }: ApiOptions) {
  const env = { ...process.env, DATABASE_URL: databaseUrl };
  return spawnSync(process.execPath, [MAIN, "rotate-keys", "--folder", folder], { env });
}

async function payloadOf(url: string): Promise<KeysPayload> {
  const { payload } = (await (await fetch(`${url}/.well-known/ov-keys`)).json()) as KeysDocument;
  return JSON.parse(Buffer.from(payload, "base64url").toString());
}
