import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { findShim, shimFor, writeShim } from "#vscode/ov-shim.ts";
import { temporaryFolder } from "../temporary-folder.ts";

test("the script named ov starts the extension's own ov with its arguments, whatever the folders are called", () => {
  const home = temporaryFolder("ov-shim-");
  const extension = join(home, "it's an extension");
  mkdirSync(join(extension, "dist"), { recursive: true });
  writeFileSync(join(extension, "dist", "ov.js"), "console.log(JSON.stringify(process.argv.slice(2)))");
  const shim = shimFor({ env: {}, home }, extension);
  assert.equal(findShim(shim), "none");
  writeShim(shim);
  assert.equal(findShim(shim), "same");
  const output = execFileSync(shim.file, ["run", "--", "a b", "$HOME"], { encoding: "utf8" });
  assert.deepEqual(JSON.parse(output), ["run", "--", "a b", "$HOME"]);
});

test("a script of an older version is known as ours, and another program is left alone", () => {
  const home = temporaryFolder("ov-shim-");
  const env = { PATH: join(home, ".local", "bin") };
  const older = shimFor({ env, home }, "/extensions/opaquevault-0.1.0");
  writeShim(older);
  const newer = shimFor({ env, home }, "/extensions/opaquevault-0.2.0");
  assert.equal(findShim(newer), "other");
  assert.equal(newer.isOnPath, true);
  writeFileSync(newer.file, "#!/bin/sh\necho mine\n");
  assert.throws(() => findShim(newer), /another program/);
});

test("on Windows the script is a .cmd file below the local programs", () => {
  const env = { LOCALAPPDATA: "C:\\Users\\a\\AppData\\Local" };
  const shim = shimFor({ env, home: "C:\\Users\\a" }, "C:\\ext", "win32", "C:\\Code.exe");
  assert.match(shim.file, /ov\.cmd$/);
  assert.match(shim.text, /set ELECTRON_RUN_AS_NODE=1\r\n"C:\\Code\.exe" ".*ov\.js" %\*/);
});
