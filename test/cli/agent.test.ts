import assert from "node:assert/strict";
import { copyFileSync, existsSync, mkdirSync, readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { agentOf } from "./fixtures/agent.ts";
import { type Home, newVault, PASSWORD, writeAskpass } from "./fixtures/home.ts";
import { atTerminal, ENTER } from "./fixtures/terminal.ts";

const isLinux = process.platform === "linux";

async function unlock(home: Home): Promise<void> {
  const { code, stderr } = await home.ov(["unlock"]);
  assert.equal(code, 0, stderr);
}

async function ended(pid: number): Promise<void> {
  for (let tries = 0; tries < 500; tries++) {
    try {
      process.kill(pid, 0);
    } catch {
      return;
    }
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  assert.fail("the agent lives on");
}

test("after ov unlock no command asks for the password, until ov lock", async (t) => {
  const home = await newVault(t);
  await unlock(home);
  const listed = await home.ov(["app", "list", "--json"], { askpass: false });
  assert.deepEqual([listed.code, JSON.parse(listed.stdout)], [0, { apps: [] }]);
  assert.equal(JSON.parse((await home.ov(["status", "--json"], { askpass: false })).stdout).vault.state, "unlocked");
  assert.match((await home.ov(["unlock"], { askpass: false })).stderr, /unlocked already/);
  assert.equal((await home.ov(["lock"])).code, 0);
  assert.equal((await home.ov(["app", "list"], { askpass: false })).code, 5);
});

test("a wrong password starts no agent", async (t) => {
  const home = await newVault(t);
  writeAskpass(home, "a wrong password");
  const { code, stderr } = await home.ov(["unlock"]);
  assert.equal(code, 4, stderr);
  assert.deepEqual(
    readdirSync(join(home.ovHome)).filter((name) => name === "run"),
    [],
  );
});

test("S80 the password is in no argument, no environment and no file of the agent", async (t) => {
  const home = await newVault(t);
  await unlock(home);
  const { pid } = agentOf(home);
  if (isLinux) {
    for (const file of ["cmdline", "environ"]) {
      const bytes = readFileSync(`/proc/${pid}/${file}`, "latin1");
      assert.ok(bytes.length > 0 && !bytes.includes(PASSWORD), file);
    }
    // What it inherits is a short list: nothing of an editor's tokens, and not the askpass program.
    assert.ok(!readFileSync(`/proc/${pid}/environ`, "latin1").includes("OV_ASKPASS"));
  }
  for (const entry of readdirSync(home.ovHome, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue;
    assert.ok(!readFileSync(join(entry.parentPath, entry.name), "latin1").includes(PASSWORD), entry.name);
  }
});

test("S87 the note with the key of the socket, the socket and their folder are this user's alone", async (t) => {
  const home = await newVault(t);
  await unlock(home);
  const mode = (path: string): number => statSync(join(home.ovHome, path)).mode & 0o777;
  assert.equal(mode("run"), 0o700);
  assert.equal(mode("run/agent.json"), 0o600);
  if (process.platform !== "win32") assert.equal(mode("run/agent.sock"), 0o600);
});

test("S88 ov lock ends the agent and leaves no socket and no note", async (t) => {
  const home = await newVault(t);
  await unlock(home);
  const agent = agentOf(home);
  assert.equal((await home.ov(["lock"])).code, 0);
  await ended(agent.pid);
  assert.deepEqual(readdirSync(join(home.ovHome, "run")), []);
  await assert.rejects(agent.apps(), { code: "agent-unreachable" });
});

for (const signal of ["SIGTERM", "SIGINT", "SIGHUP"] as const) {
  test(`the agent locks and goes on ${signal}`, async (t) => {
    const home = await newVault(t);
    await unlock(home);
    const { pid } = agentOf(home);
    process.kill(pid, signal);
    await ended(pid);
    assert.deepEqual(readdirSync(join(home.ovHome, "run")), []);
  });
}

test("a note of a killed agent is no agent, and the next ov unlock takes its place", async (t) => {
  const home = await newVault(t);
  await unlock(home);
  const { pid } = agentOf(home);
  process.kill(pid, "SIGKILL");
  await ended(pid);
  assert.ok(existsSync(join(home.ovHome, "run", "agent.json")));
  assert.equal((await home.ov(["app", "list"], { askpass: false })).code, 5);
  await unlock(home);
  assert.notEqual(agentOf(home).pid, pid);
});

test("an agent of another vault is not used, even if its note lies here", async (t) => {
  const home = await newVault(t);
  await unlock(home);
  const other = await newVault(t);
  mkdirSync(join(other.ovHome, "run"));
  copyFileSync(join(home.ovHome, "run", "agent.json"), join(other.ovHome, "run", "agent.json"));
  const { stdout } = await other.ov(["status", "--json"]);
  assert.equal(JSON.parse(stdout).vault.state, "locked");
});

test("in the foreground the vault is held until Ctrl-C", async (t) => {
  const home = await newVault(t);
  const person = atTerminal(t, home, ["unlock", "--foreground", "--lock-after", "3"]);
  await person.see("Master password:");
  person.type(`${PASSWORD}${ENTER}`);
  await person.see("It locks after 3 minutes");
  assert.equal((await home.ov(["app", "list"], { askpass: false })).code, 0);
  person.type("\x03");
  await person.see("Locked.");
  assert.equal(await person.exit, 0);
  assert.deepEqual(readdirSync(join(home.ovHome, "run")), []);
});

test("two ov unlock at once leave one agent", async (t) => {
  const home = await newVault(t);
  const both = await Promise.all([home.ov(["unlock"]), home.ov(["unlock"])]);
  assert.ok(both.some(({ code }) => code === 0));
  for (const { code, stderr } of both) assert.ok(code === 0 || /ov lock|unlocked already/.test(stderr), stderr);
  assert.equal((await home.ov(["app", "list"], { askpass: false })).code, 0);
  await home.ov(["lock"]);
  assert.equal((await home.ov(["app", "list"], { askpass: false })).code, 5);
});
