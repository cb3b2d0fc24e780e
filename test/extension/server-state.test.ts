import assert from "node:assert/strict";
import { rmSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { findPaths } from "#mcp/device/paths.ts";
import { writeUserConfig } from "#mcp/device/user-config.ts";
import { ServerState } from "#vscode/server/server-state.ts";
import { temporaryFolder } from "../temporary-folder.ts";

const URL = "https://vault.example.com";

function configured() {
  const home = temporaryFolder("ov-state-");
  const paths = findPaths({ OV_HOME: home });
  const logIn = () =>
    writeUserConfig(paths.config, { server: URL, server_id: "a".repeat(64), account: "b".repeat(32) });
  return { paths, logIn, logOut: () => rmSync(join(paths.config), { force: true }) };
}

test("a window sees a login and a logout of another program when it looks again", () => {
  const { paths, logIn, logOut } = configured();
  const state = new ServerState(paths);
  assert.deepEqual(state.face, { kind: "none" });
  logIn();
  state.look();
  assert.deepEqual(state.face, { kind: "server", url: URL, link: "unknown", answeredAt: undefined });
  logOut();
  state.look();
  assert.deepEqual(state.face, { kind: "none" });
});

test("what a call meets becomes the state, and the same again is told to nobody", () => {
  const { paths, logIn } = configured();
  logIn();
  const state = new ServerState(paths);
  const told: string[] = [];
  state.onDidChange((face) => told.push(face.kind === "server" ? face.link : face.kind));
  for (const at of [1_000, 2_000]) state.note({ kind: "answered", at });
  state.note({ kind: "silent", answeredAt: undefined });
  assert.deepEqual(state.face, { kind: "server", url: URL, link: "offline", answeredAt: 2_000 });
  state.note({ kind: "changed" });
  state.note({ kind: "ended" });
  assert.deepEqual(told, ["online", "offline", "changed", "ended"]);
});

test("a late answer of a server that the person has left changes nothing", () => {
  const { paths, logIn, logOut } = configured();
  logIn();
  const state = new ServerState(paths);
  logOut();
  state.look();
  state.note({ kind: "answered", at: 1_000 });
  assert.deepEqual(state.face, { kind: "none" });
});

test("a look keeps what is known of the same server", () => {
  const { paths, logIn } = configured();
  logIn();
  const state = new ServerState(paths);
  state.note({ kind: "silent", answeredAt: 5_000 });
  state.look();
  assert.deepEqual(state.face, { kind: "server", url: URL, link: "offline", answeredAt: 5_000 });
});
