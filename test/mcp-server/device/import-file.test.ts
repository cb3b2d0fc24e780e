import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { createVault } from "#core/vault/vault.ts";
import { kindOfFile, readImportFile } from "#mcp/device/import-file.ts";
import { findPaths } from "#mcp/device/paths.ts";
import { localVault } from "#mcp/device/this-vault.ts";
import { writeBackup } from "#mcp/device/write-export.ts";
import { temporaryFolder } from "../../temporary-folder.ts";

const FOLDER = temporaryFolder("ov-import-file-");

function fileWith(name: string, content: string): string {
  const file = join(FOLDER, name);
  writeFileSync(file, content);
  return file;
}

test("a file is what its first letters say, whatever it is named", () => {
  assert.equal(kindOfFile(fileWith("a.env", "OVB1 and more")), "backup");
  assert.equal(kindOfFile(fileWith("b.json", "OVX1")), "export");
  assert.equal(kindOfFile(fileWith("c.ovb", "OVB=1\n")), "other");
  assert.equal(kindOfFile(fileWith("d.ovx", "")), "other");
  assert.throws(() => kindOfFile(join(FOLDER, "none")), { code: "file-not-found" });
});

test("what is no plain file is refused, and a pipe that nobody writes into is not waited for", {
  skip: process.platform === "win32",
}, () => {
  const fifo = join(FOLDER, "fifo");
  execFileSync("mkfifo", [fifo]);
  mkdirSync(join(FOLDER, "folder"));
  assert.throws(() => kindOfFile(fifo), { code: "file-not-found" });
  for (const path of [fifo, join(FOLDER, "folder"), join(FOLDER, "none")])
    assert.throws(() => readImportFile(path), { code: "file-not-found" });
});

test("a link is followed, so that what is deleted later is what holds the values", () => {
  const file = fileWith("real", "A=1\n");
  symlinkSync(file, join(FOLDER, "link"));
  assert.equal(readImportFile(join(FOLDER, "link")).path, file);
});

test("a backup that is cut off leaves no file, and none that is there is touched", async () => {
  const vault = localVault(findPaths({ OV_HOME: join(FOLDER, "ov") }));
  (await createVault(vault, Buffer.from("correct horse battery"))).session.lock();
  const { store } = vault;
  const file = join(FOLDER, "backup");
  const gone = AbortSignal.abort(new Error("enough"));
  await assert.rejects(writeBackup(store, file, gone), /enough/);
  const bytes = await writeBackup(store, file);
  assert.equal(readFileSync(file).length, bytes);
  await assert.rejects(writeBackup(store, file), { code: "argument-invalid" });
  assert.equal(readFileSync(file).length, bytes);
});
