import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { test } from "node:test";
import { sha256 } from "#core/crypto/hash.ts";
import type { ExportLine } from "#core/store/contract.ts";
import { cursorText, parseCursor } from "../../api-server/export/export-cursor.ts";
import { type ApiOptions, startApi } from "../../api-server/start-api.ts";
import { temporaryFolder } from "../temporary-folder.ts";
import { accountBody, commitBody } from "./conformance.ts";
import { startPostgres } from "./postgres.ts";
import { recordVault } from "./recorded-vault.ts";
import { type Caller, type Device, newDevice } from "./sealed-caller.ts";
import { serveVault } from "./served-vault.ts";

const postgres = await startPostgres();
const DATABASES: Readonly<Record<string, () => Promise<Partial<ApiOptions>>>> = {
  SQLite: async () => ({}),
  PostgreSQL: async () => ({ databaseUrl: await postgres.newDatabase() }),
};

for (const [name, database] of Object.entries(DATABASES)) {
  test(`an export is all that an account has, over as many pages as it takes (${name})`, async (t) => {
    const { api, caller, device, vault, path } = await serveVault(await database(), 4);
    t.after(() => api.close());
    // More than a page holds: records that no manifest names, as a writer that lost a race leaves them.
    const large = Array.from({ length: 40 }, () => randomRecord(120 << 10));
    for (let at = 0; at < large.length; at += 20) {
      const records = large.slice(at, at + 20);
      const staged = await caller.call("POST", `${path}/records/stage`, { device, body: { records } });
      assert.equal(staged.status, 204);
    }
    const body = { ...commitBody(vault.commits[4]!) };
    assert.equal((await caller.call("PUT", path, { device, body })).status, 200);
    for (let seq = 1; seq <= 3; seq++) {
      const entry = randomBytes(50).toString("base64url");
      assert.equal((await caller.call("POST", "/audit", { device, body: { seq, entry } })).status, 204);
    }

    const { lines, pages } = await exportAll(caller, device);
    assert.ok(pages >= 3, `${pages} pages`);
    const of = <K extends ExportLine["kind"]>(kind: K) =>
      lines.filter((line): line is Extract<ExportLine, { kind: K }> => line.kind === kind);
    assert.equal(of("account")[0]?.object, Buffer.from(vault.accounts[0]!).toString("base64url"));
    const [environment, ...others] = of("environment");
    assert.equal(others.length, 0);
    const read = await caller.call("GET", path, { device });
    assert.equal(environment?.head, read.body.head);
    assert.equal(environment?.items, read.body.items);
    const written = vault.commits.slice(0, 5).flatMap(({ records }) => records.map(({ hash }) => hash));
    const expected = [...written, ...large.map(({ hash }) => hash)].sort();
    assert.deepEqual(
      of("record")
        .map(({ hash }) => hash)
        .sort(),
      expected,
      "each once",
    );
    assert.deepEqual(
      of("audit").map(({ seq }) => seq),
      [1, 2, 3],
    );
    assert.ok(of("log").length >= 6);
    assert.equal(lines.at(-1)?.kind, "end");
  });

  test(`an export that is not of one moment begins again (${name})`, async (t) => {
    const { api, caller, device, vault, path } = await serveVault(await database(), 2);
    t.after(() => api.close());
    const records = Array.from({ length: 20 }, () => randomRecord(120 << 10));
    await caller.call("POST", `${path}/records/stage`, { device, body: { records } });
    await caller.call("PUT", path, { device, body: commitBody(vault.commits[2]!) });
    const first = await page(caller, device, "/export");
    const last = first.at(-1)!;
    assert.ok(last.kind === "next");
    await caller.call("PUT", path, { device, body: commitBody(vault.commits[3]!) });
    const next = await caller.call("GET", `/export?cursor=${last.cursor}`, { device });
    assert.equal(next.status, 410);
    assert.equal(next.body.code, "resync_required");
    const { lines } = await exportAll(caller, device);
    const environment = lines.find((line) => line.kind === "environment");
    assert.equal(environment?.counter, 4);
  });
}

test("S253 an export holds its own account's ciphertext only, and no cursor leads into another's", async (t) => {
  const { api, caller, device, vault, path } = await serveVault({ isOpen: true }, 2);
  t.after(() => api.close());
  const other = await recordVault(1);
  const stranger = newDevice();
  await caller.call("PUT", `/accounts/${other.account}`, { body: accountBody(other, stranger) });
  await caller.call("POST", "/audit", { device, body: { seq: 1, entry: randomBytes(50).toString("base64url") } });
  const environment = path.split("/")[2]!;
  const { lines } = await exportAll(caller, stranger);
  assert.deepEqual(
    lines.map(({ kind }) => kind),
    ["account", "log", "end"],
  );
  const at = 1;
  for (const place of [
    { part: "records", environment, after: undefined },
    { part: "audit", after: { device: device.id, seq: 0 } },
    { part: "environments", after: "" },
  ] as const) {
    const answer = await caller.lines("GET", `/export?cursor=${cursorText({ at, place })}`, { device: stranger });
    assert.equal(answer.status, 200);
    for (const id of [environment, vault.account, device.id]) assert.ok(!JSON.stringify(answer.body).includes(id));
  }
  for (const wrong of ["", "x", "1.e", "1.r", `1.r.${environment}.1`, "01.l.0", "1.l.-1", `1.e.${environment}'`]) {
    assert.throws(() => parseCursor(wrong), { code: "invalid" });
  }
  assert.equal((await caller.call("GET", "/export?cursor=1.l.0")).body.code, "unauthorized");
});

test("the OpenAPI document tells of the export", async (t) => {
  const api = await startApi({ folder: temporaryFolder("ov-openapi-") });
  t.after(() => api.close());
  const document = (await (await fetch(`${api.url}/v1/openapi.json`)).json()) as {
    readonly paths: Record<string, { readonly get?: { readonly responses: Record<string, { content?: object }> } }>;
  };
  assert.ok("application/x-ndjson" in (document.paths["/export"]?.get?.responses["2XX"]?.content ?? {}));
});

async function exportAll(caller: Caller, device: Device) {
  const lines: ExportLine[] = [];
  for (let pages = 1, path = "/export"; ; pages++) {
    const found = await page(caller, device, path);
    const last = found.at(-1)!;
    lines.push(...found.filter(({ kind }) => kind !== "next"));
    if (last.kind !== "next") return { lines, pages };
    path = `/export?cursor=${last.cursor}`;
  }
}

async function page(caller: Caller, device: Device, path: string): Promise<readonly ExportLine[]> {
  const answer = await caller.lines("GET", path, { device });
  assert.equal(answer.status, 200);
  return answer.body;
}

function randomRecord(size: number) {
  const bytes = randomBytes(size);
  const hash = sha256(bytes).toString("hex");
  const item = randomBytes(16).toString("hex");
  return { item, version: 1, epoch: 1, hash, bytes: bytes.toString("base64url") };
}
