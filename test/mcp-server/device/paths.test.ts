import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { homedir, tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { test } from "node:test";
import { findPaths, ownHome } from "#mcp/device/paths.ts";
import { socketAddress } from "#mcp/device/socket-address.ts";
import { OV } from "../../cli/fixtures/home.ts";

test("OV_HOME holds everything", () => {
  const paths = findPaths({ OV_HOME: "/stick", XDG_RUNTIME_DIR: "/run/user/1" });
  for (const path of Object.values(paths)) assert.ok(path.startsWith(join("/stick", "/")), path);
});

test("a relative OV_HOME means the same folder to everything that is started from here", () => {
  assert.equal(findPaths({ OV_HOME: "stick" }).vault, resolve("stick/vault"));
  assert.equal(ownHome({ OV_HOME: "stick" }), resolve("stick"));
  assert.equal(ownHome({ OV_HOME: "" }), undefined);
});

test("without OV_HOME everything is below the home folder, and sockets in the runtime folder of the session", () => {
  const paths = findPaths({ XDG_RUNTIME_DIR: "/run/user/1" });
  assert.equal(paths.runtime, join("/run/user/1", "opaquevault"));
  for (const path of [paths.vault, paths.state, paths.config]) assert.ok(path.startsWith(homedir()), path);
});

for (const [variable, text] of [
  ["HOME", ""],
  ["HOME", "home"],
  ["XDG_DATA_HOME", "data"],
] as const) {
  test(`${variable}=${text} is refused with the next step, and makes nothing below the current folder`, (t) => {
    const cwd = mkdtempSync(join(tmpdir(), "ov-"));
    t.after(() => rmSync(cwd, { recursive: true, force: true }));
    const env = { PATH: process.env.PATH, [variable]: text };
    const { status, stderr } = spawnSync(process.execPath, [OV, "vault", "status"], { cwd, env, encoding: "utf8" });
    assert.equal(status, 2, stderr);
    assert.match(stderr, /^ov: .* below the current folder.*Set it to a full path, or OV_HOME/);
    assert.deepEqual(readdirSync(cwd), []);
  });
}

test("with OV_HOME an empty HOME is no obstacle: the home folder is the system's", (t) => {
  const cwd = mkdtempSync(join(tmpdir(), "ov-"));
  t.after(() => rmSync(cwd, { recursive: true, force: true }));
  const env = { PATH: process.env.PATH, HOME: "", OV_HOME: join(cwd, "v") };
  const { status, stderr } = spawnSync(process.execPath, [OV, "vault", "status"], { cwd, env, encoding: "utf8" });
  assert.equal(status, 0, stderr);
});

test("a runtime folder that is no full path is not used", () => {
  assert.ok(findPaths({ XDG_RUNTIME_DIR: "run" }).runtime.startsWith(homedir()));
});

test("a socket lies in the runtime folder, or where a path may be that long", () => {
  assert.deepEqual(socketAddress("/run/ov", "agent", "linux"), { socketPath: "/run/ov/agent.sock" });
  assert.deepEqual(socketAddress("/run/ov", "window-7", "linux"), { socketPath: "/run/ov/window-7.sock" });
  const long = socketAddress(`/${"long/".repeat(30)}`, "agent", "linux");
  assert.ok("socketPath" in long && Buffer.byteLength(long.socketPath) <= 103);
});

test("on Windows the socket is a pipe, one for each runtime folder", () => {
  const [one, other] = [socketAddress("C:\\a", "agent", "win32"), socketAddress("C:\\b", "agent", "win32")];
  assert.ok("socketPath" in one && one.socketPath.startsWith("\\\\.\\pipe\\opaquevault-"));
  assert.notDeepEqual(one, other);
  assert.deepEqual(one, socketAddress("c:\\A", "agent", "win32"));
});
