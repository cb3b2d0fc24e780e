import assert from "node:assert/strict";
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { fileURLToPath, pathToFileURL } from "node:url";
import { build } from "esbuild";
import { argon2id } from "#core/crypto/argon2.ts";

const folder = mkdtempSync(join(tmpdir(), "ov-bundle-"));
const COST = { t: 1, mKiB: 64, p: 4 };
const [PASSWORD, SALT] = [Buffer.from("password"), Buffer.from("somesalt")];

before(async () => {
  const source = (file: string) => fileURLToPath(import.meta.resolve(`#core/crypto/${file}`));
  // As in esbuild.mjs, with a second entry, so that argon2.ts lands in a chunk that both share.
  await build({
    entryPoints: {
      ov: source("argon2.ts"),
      other: source("passphrase-key.ts"),
      "argon2-worker": source("argon2-worker.ts"),
    },
    outdir: folder,
    bundle: true,
    splitting: true,
    platform: "node",
    format: "esm",
    target: "node20",
    chunkNames: "chunks/[name]-[hash]",
    logLevel: "error",
  });
  writeFileSync(join(folder, "package.json"), '{ "type": "module" }');
});

after(() => rmSync(folder, { recursive: true }));

for (const engine of ["node", "wasm"] as const) {
  test(`a bundle whose code lies in chunks finds its worker, and gives the same key (${engine})`, async () => {
    assert.ok(readdirSync(join(folder, "chunks")).length > 0);
    // The bundle of argon2.ts exports what argon2.ts does.
    const bundle = (await import(pathToFileURL(join(folder, "ov.js")).href)) as { argon2id: typeof argon2id };
    assert.deepEqual(await bundle.argon2id(PASSWORD, SALT, COST, engine), await argon2id(PASSWORD, SALT, COST, engine));
  });
}
