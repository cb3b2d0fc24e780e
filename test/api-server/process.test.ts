import assert from "node:assert/strict";
import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { before, test } from "node:test";
import { temporaryFolder } from "../temporary-folder.ts";
import { accountBody, commitBody } from "./conformance.ts";
import { recordVault } from "./recorded-vault.ts";
import { type Caller, callerOf, newDevice } from "./sealed-caller.ts";

const ROOT = join(import.meta.dirname, "../..");
const VALUE = "sk_live_Zq8mB2xT7wPn4Lk9vR3d";
const WRITES = 40;

before(() => {
  execFileSync(process.execPath, ["api-server/esbuild.mjs"], { cwd: ROOT });
});

interface Running {
  readonly process: ChildProcess;
  readonly caller: Caller;
  /** All that it has written so far. */
  output(): string;
}

async function start(folder: string): Promise<Running> {
  const env = { ...process.env, OV_API_FOLDER: folder, DATABASE_URL: undefined };
  const child = spawn(process.execPath, [join(ROOT, "dist-api/ov-api.mjs"), "--port", "0"], { env });
  let output = "";
  for (const stream of [child.stdout, child.stderr]) stream.on("data", (chunk) => (output += String(chunk)));
  const end = Date.now() + 20_000;
  while (!output.includes("listens at") && Date.now() < end) await new Promise((resolve) => setTimeout(resolve, 20));
  const url = /listens at (\S+)/.exec(output)?.[1];
  assert.ok(url, output);
  const document = (await (await fetch(`${url}/.well-known/ov-keys`)).json()) as { payload: string };
  const { identity } = JSON.parse(Buffer.from(document.payload, "base64url").toString()) as { identity: string };
  const { pae } = await import("#core/crypto/pae.ts");
  const { sha256 } = await import("#core/crypto/hash.ts");
  const serverId = sha256(pae("ov-server/1", Buffer.from(identity, "base64url"))).toString("hex");
  return { process: child, caller: callerOf(url, serverId), output: () => output };
}

test("S200 a server that is killed in the middle of writes has every one that it acknowledged, and goes on", async () => {
  const folder = temporaryFolder("ov-killed-");
  const vault = await recordVault(WRITES, VALUE);
  const device = newDevice();
  let running = await start(folder);
  await running.caller.call("PUT", `/accounts/${vault.account}`, { body: accountBody(vault, device) });
  const path = `/environments/${vault.commits[0]!.environment}`;
  let acknowledged = 0;
  let kills = 0;
  while (acknowledged < vault.commits.length) {
    const commit = vault.commits[acknowledged]!;
    const body = commitBody(commit);
    const sent = running.caller.call("PUT", path, { device, body }).catch(() => undefined);
    if (acknowledged % 8 === 7 && kills * 8 < acknowledged) {
      kills++;
      await new Promise((resolve) => setTimeout(resolve, kills * 2));
      running.process.kill("SIGKILL");
      await once(running.process, "exit");
      running = await start(folder);
    }
    const first = await sent;
    // What got no answer is sent again, with its own id: it counts once, whether it was written or not.
    const answer = first?.status === 200 ? first : await running.caller.call("PUT", path, { device, body });
    assert.equal(answer.status, 200, JSON.stringify(answer));
    acknowledged++;
    assert.equal(answer.body.counter, acknowledged);
  }
  assert.ok(kills >= 4);
  const last = await running.caller.call("GET", path, { device });
  assert.equal(last.body.counter, vault.commits.length);
  running.process.kill("SIGTERM");
  const [code] = await once(running.process, "exit");
  assert.equal(code, 0, "it ends when it is told to");
});

test("S201 neither database nor log of a server holds a value, a name, a password or the id of who called", async () => {
  const folder = temporaryFolder("ov-searched-");
  const vault = await recordVault(3, VALUE);
  const device = newDevice();
  const running = await start(folder);
  await running.caller.call("PUT", `/accounts/${vault.account}`, { body: accountBody(vault, device) });
  for (const commit of vault.commits) {
    const path = `/environments/${commit.environment}`;
    assert.equal((await running.caller.call("PUT", path, { device, body: commitBody(commit) })).status, 200);
  }
  const files = readdirSync(folder).map((name) => readFileSync(join(folder, name)));
  assert.ok(files.some((bytes) => bytes.length > 4096));
  for (const secret of [
    VALUE,
    "STRIPE_KEY",
    "shop",
    "four random words do",
    device.secret,
    vault.login.proof,
    vault.login.verifier,
  ]) {
    for (const bytes of files) assert.ok(!bytes.includes(secret as string), String(secret));
  }
  for (const id of [vault.account, device.id, vault.commits[0]!.environment]) assert.ok(!running.output().includes(id));
  assert.match(running.output(), /PUT \/environments\/:environment/, "the log tells what was called");
  running.process.kill("SIGTERM");
  await once(running.process, "exit");
});

test("a second server on the same folder says so, and ends with 75", async () => {
  const folder = temporaryFolder("ov-second-");
  const first = await start(folder);
  const env = { ...process.env, OV_API_FOLDER: folder, DATABASE_URL: undefined };
  const second = spawn(process.execPath, [join(ROOT, "dist-api/ov-api.mjs"), "--port", "0"], { env });
  const [code] = await once(second, "exit");
  assert.equal(code, 75);
  first.process.kill("SIGTERM");
  await once(first.process, "exit");
});
