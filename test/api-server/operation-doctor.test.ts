import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { chmodSync, copyFileSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { test } from "node:test";
import forge from "node-forge";
import type { Check } from "../../api-server/operation/doctor/check.ts";
import { checkSqliteFiles } from "../../api-server/operation/doctor/file-checks.ts";
import { runChecks } from "../../api-server/operation/doctor/run-checks.ts";
import { databaseFile, keyFileOf } from "../../api-server/place.ts";
import { type ApiOptions, startApi } from "../../api-server/start-api.ts";
import { openPostgres } from "../../api-server/storage/postgres-database.ts";
import { openSqliteBeside } from "../../api-server/storage/sqlite-database.ts";
import { temporaryFolder } from "../temporary-folder.ts";
import { startPostgres } from "./postgres.ts";
import { serveVault } from "./served-vault.ts";

const MAIN = join(import.meta.dirname, "../../api-server/main.ts");
const postgres = await startPostgres();
const DAY = 24 * 3600_000;

test("doctor finds nothing wrong with a server that runs, and says which process it is", async (t) => {
  const { api, options } = await serveVault({}, 2);
  t.after(() => api.close());
  const args = [MAIN, "doctor", "--json", "--folder", options.folder];
  const env = { ...process.env, DATABASE_URL: undefined };
  const { status, stdout } = spawnSync(process.execPath, args, { env, encoding: "utf8" });
  const { checks } = JSON.parse(stdout) as { readonly checks: readonly Check[] };
  assert.equal(status, 0);
  assert.deepEqual(
    checks.filter(({ state }) => state !== "ok"),
    [],
  );
  const ids = ["key-file", "permissions", "file-system", "room", "owner", "integrity", "durability", "schema"];
  for (const id of [...ids, "pepper", "rotation", "clock"]) assert.ok(byId(checks, id), id);
  const running = process.platform === "linux" ? `process ${process.pid}` : "another process";
  assert.match(byId(checks, "owner")!.message, new RegExp(running));
});

test("doctor looks at PostgreSQL too, and says what it lacks", async (t) => {
  const { api, options } = await serveVault({ databaseUrl: await postgres.newDatabase() }, 1);
  t.after(() => api.close());
  const { checks } = await doctor(options);
  for (const id of ["durability", "schema", "pepper", "rotation", "clock", "owner"]) {
    assert.equal(byId(checks, id)?.state, "ok", id);
  }
  const gone = await doctor({ ...options, databaseUrl: "postgres://ov:ov@127.0.0.1:1/none" });
  assert.equal(gone.status, 1);
  assert.equal(byId(gone.checks, "database")?.state, "fail");
});

test("doctor ends with 1 and a next step for each thing that is wrong, and changes none of them", async () => {
  const { api, options } = await serveVault({}, 2);
  await api.close();
  const [file, keyFile] = [databaseFile(options.folder), keyFileOf(options)];
  const wrong = async (id: string, message: RegExp): Promise<void> => {
    const { status, checks } = await doctor(options);
    assert.equal(status, 1, id);
    const found = checks.find((check) => check.id === id && check.state === "fail");
    assert.match(found?.message ?? "", message, JSON.stringify(checks));
    assert.ok(found?.next);
  };

  chmodSync(keyFile, 0o644);
  await wrong("key-file", /open to other users/);
  assert.equal(statSync(keyFile).mode & 0o777, 0o644);
  chmodSync(keyFile, 0o600);
  chmodSync(file, 0o666);
  await wrong("permissions", /open to other users/);
  chmodSync(file, 0o600);

  const database = new DatabaseSync(file);
  const { checksum } = database.prepare("SELECT checksum FROM migrations WHERE name = '002 accounts'").get()!;
  database.exec(`UPDATE migrations SET checksum = '${"0".repeat(64)}' WHERE name = '002 accounts'`);
  await wrong("schema", /another text/);
  database.prepare("UPDATE migrations SET checksum = ? WHERE name = '002 accounts'").run(checksum!);
  database.exec(`UPDATE log SET time = ${Date.now() + DAY} WHERE seq = 1`);
  await wrong("clock", /behind the last write/);
  database.exec(`UPDATE log SET time = ${Date.now()} WHERE seq = 1`);
  database.close();

  const own = readFileSync(keyFile);
  const other = { folder: temporaryFolder("ov-other-") };
  await (await startApi(other)).close();
  copyFileSync(keyFileOf(other), keyFile);
  await wrong("pepper", /another database/);
  rmSync(keyFile);
  await wrong("key-file", /there is no key file/);
  writeFileSync(keyFile, own, { mode: 0o600 });
  assert.equal((await doctor(options)).status, 0, "and nothing was left wrong");

  const bytes = readFileSync(file);
  bytes.fill(0xa5, 4096, bytes.length / 2);
  writeFileSync(file, bytes);
  const { status, checks } = await doctor(options);
  assert.equal(status, 1);
  assert.ok(checks.some(({ state, message }) => state === "fail" && message.includes("damaged")));
});

test("doctor tells of a disk that gets full, and of a certificate that is over or of another key", async () => {
  const { api, options } = await serveVault({}, 0);
  await api.close();
  const roomWith = async (free: number) =>
    byId(await checkSqliteFiles(databaseFile(options.folder), async () => free), "room")?.state;
  assert.deepEqual(
    [await roomWith(1 << 20), await roomWith(100 << 20), await roomWith(2 ** 40)],
    ["fail", "warn", "ok"],
  );

  const folder = temporaryFolder("ov-tls-");
  const tls = (days: number) => {
    const { cert, key } = certificate(days);
    const [certFile, keyFile] = [join(folder, `${days}.crt`), join(folder, `${days}.key`)];
    writeFileSync(certFile, cert, { mode: 0o644 });
    writeFileSync(keyFile, key, { mode: 0o600 });
    return { certFile, keyFile };
  };
  const [good, soon, over] = [tls(90), tls(10), tls(-1)];
  const states = async (tlsCert: string, tlsKey: string) => {
    const { checks } = await doctor(options, { tlsCert, tlsKey });
    return checks.filter(({ id }) => id === "tls").map(({ state }) => state);
  };
  assert.deepEqual(await states(good.certFile, good.keyFile), ["ok"]);
  assert.deepEqual(await states(soon.certFile, soon.keyFile), ["warn"]);
  assert.deepEqual(await states(over.certFile, over.keyFile), ["fail"]);
  assert.deepEqual(await states(good.certFile, soon.keyFile), ["fail", "ok"]);
});

/** As the command does it, and what it would end with. */
async function doctor(options: ApiOptions, tls: { readonly tlsCert?: string; readonly tlsKey?: string } = {}) {
  const { folder, databaseUrl } = options;
  const open = () =>
    databaseUrl === undefined ? openSqliteBeside(databaseFile(folder)) : openPostgres(databaseUrl, 2);
  const checks = await runChecks({ ...options, ...tls, databaseUrl, open, now: Date.now() });
  return { status: checks.some(({ state }) => state === "fail") ? 1 : 0, checks };
}

function byId(checks: readonly Check[], id: string): Check | undefined {
  return checks.find((check) => check.id === id);
}

function certificate(days: number): { readonly cert: string; readonly key: string } {
  const keys = forge.pki.rsa.generateKeyPair(1024);
  const made = forge.pki.createCertificate();
  made.publicKey = keys.publicKey;
  made.serialNumber = "01";
  made.validity.notBefore = new Date(Date.now() - 30 * DAY);
  made.validity.notAfter = new Date(Date.now() + days * DAY + 60_000);
  const name = [{ name: "commonName", value: "localhost" }];
  made.setSubject(name);
  made.setIssuer(name);
  made.sign(keys.privateKey, forge.md.sha256.create());
  return { cert: forge.pki.certificateToPem(made), key: forge.pki.privateKeyToPem(keys.privateKey) };
}
