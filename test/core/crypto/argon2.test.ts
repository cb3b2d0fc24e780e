import assert from "node:assert/strict";
import { argon2Sync } from "node:crypto";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { pathToFileURL } from "node:url";
import { argon2Engine, argon2id, argon2WorkerUrl } from "#core/crypto/argon2.ts";
import { hex, readVectors } from "./read-vectors.ts";

interface Argon2Test {
  readonly t: number;
  readonly m_kib: number;
  readonly p: number;
  readonly password_utf8: string;
  readonly salt_utf8: string;
  readonly tag_hex: string;
}

interface Rfc9106Test {
  readonly t: number;
  readonly m_kib: number;
  readonly p: number;
  readonly password_hex: string;
  readonly salt_hex: string;
  readonly secret_hex: string;
  readonly associated_data_hex: string;
  readonly tag_hex: string;
}

const { rfc9106, reference_tests, reference_cli } = readVectors<{
  rfc9106: Rfc9106Test;
  reference_tests: Argon2Test[];
  reference_cli: Argon2Test[];
}>("argon2id_vectors.json");
const SMALL = { t: 1, mKiB: 64, p: 4 };
const PASSWORD = Buffer.from("password");
const SALT = Buffer.from("somesalt");

for (const engine of ["node", "wasm"] as const) {
  test(`Argon2id (${engine}) agrees with the reference implementation`, async () => {
    const tests = [...reference_tests, ...reference_cli];
    assert.equal(tests.length, 20);
    for (const { t, m_kib, p, password_utf8, salt_utf8, tag_hex } of tests) {
      const cost = { t, mKiB: m_kib, p };
      const key = await argon2id(Buffer.from(password_utf8), Buffer.from(salt_utf8), cost, engine);
      assert.equal(key.toString("hex"), tag_hex, `${JSON.stringify(cost)} ${password_utf8} ${salt_utf8}`);
    }
  });

  test(`S5 the event loop goes on while Argon2id (${engine}) runs`, async () => {
    let turns = 0;
    let running = true;
    const turn = () => {
      turns++;
      if (running) setImmediate(turn);
    };
    setImmediate(turn);
    await argon2id(PASSWORD, SALT, { t: 1, mKiB: 64 * 1024, p: 4 }, engine);
    running = false;
    // Blocked, it would turn a handful of times: to start the worker, and to take its answer.
    assert.ok(turns > 1000, `${turns} turns`);
  });

  test(`S5 no worker of Argon2id (${engine}) is left, also after several at once`, async () => {
    const keys = await Promise.all([1, 2, 3].map(() => argon2id(PASSWORD, SALT, SMALL, engine)));
    assert.deepEqual(keys[0], keys[1]);
    assert.deepEqual(threads(), []);
  });

  test(`a job that Argon2id (${engine}) refuses rejects, and leaves no worker`, async () => {
    await assert.rejects(argon2id(PASSWORD, SALT, { t: 0, mKiB: 64, p: 4 }, engine));
    await assert.rejects(argon2id(PASSWORD, Buffer.alloc(4), SMALL, engine));
    assert.deepEqual(threads(), []);
  });

  test(`Argon2id (${engine}) leaves its arguments as they are, views of a larger buffer too`, async () => {
    const both = Buffer.concat([PASSWORD, SALT]);
    const key = await argon2id(both.subarray(0, 8), both.subarray(8), SMALL, engine);
    assert.equal(both.toString(), "passwordsomesalt");
    assert.deepEqual(key, await argon2id(PASSWORD, SALT, SMALL, engine));
    assert.equal(key.buffer.byteLength, 32);
  });
}

test("Node's Argon2id gives the answer of RFC 9106 §5.3, with its secret and associated data", () => {
  const { t, m_kib, p, password_hex, salt_hex, secret_hex, associated_data_hex, tag_hex } = rfc9106;
  const tag = argon2Sync("argon2id", {
    message: hex(password_hex),
    nonce: hex(salt_hex),
    secret: hex(secret_hex),
    associatedData: hex(associated_data_hex),
    passes: t,
    memory: m_kib,
    parallelism: p,
    tagLength: 32,
  });
  assert.equal(tag.toString("hex"), tag_hex);
});

test("Node's engine is taken where it works, and not where it is only a name, as on Electron", () => {
  assert.equal(argon2Engine(), "node");
  const unsupported = () => {
    throw new Error("Argon2 algorithm not supported");
  };
  assert.equal(argon2Engine({ argon2Sync: unsupported }), "wasm");
  // As in Node 20, where the function is missing.
  assert.equal(argon2Engine({} as unknown as { argon2Sync: typeof argon2Sync }), "wasm");
});

test("the worker's file is found beside the sources, beside a bundle and above its chunks", (t) => {
  const folder = mkdtempSync(join(tmpdir(), "ov-worker-"));
  t.after(() => rmSync(folder, { recursive: true }));
  mkdirSync(join(folder, "chunks"));
  writeFileSync(join(folder, "argon2-worker.js"), "");
  const worker = pathToFileURL(join(folder, "argon2-worker.js")).href;
  assert.equal(argon2WorkerUrl(pathToFileURL(join(folder, "ov.js")).href).href, worker);
  assert.equal(argon2WorkerUrl(pathToFileURL(join(folder, "chunks", "a-1B2C.js")).href).href, worker);
  assert.equal(argon2WorkerUrl("file:///src/argon2.ts").href, "file:///src/argon2-worker.ts");
});

function threads(): string[] {
  return process.getActiveResourcesInfo().filter((name) => /worker|messageport/i.test(name));
}
