import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { newId } from "#core/crypto/random.ts";
import { claimRotation, holderOf, isAtWorkElsewhere } from "#mcp/device/rotation-claim.ts";

function newRuntime(t: TestContext): string {
  const folder = mkdtempSync(join(tmpdir(), "ov-claim-"));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

test("a rotation that is claimed can't be claimed again until it is let go of, and others can", async (t) => {
  const [runtime, id] = [newRuntime(t), newId()];
  const release = await claimRotation(runtime, id);
  assert.equal(await isAtWorkElsewhere(runtime, id), true);
  await assert.rejects(claimRotation(runtime, id), { code: "vault-conflict", message: /Another process is at this/ });
  const other = await claimRotation(runtime, newId());
  await other();
  await release();
  assert.equal(await isAtWorkElsewhere(runtime, id), false);
  await (await claimRotation(runtime, id))();
  assert.deepEqual(readdirSync(runtime), []);
});

test("of two that claim at once, one is refused", async (t) => {
  const [runtime, id] = [newRuntime(t), newId()];
  const both = await Promise.allSettled([claimRotation(runtime, id), claimRotation(runtime, id)]);
  assert.deepEqual(both.map(({ status }) => status).sort(), ["fulfilled", "rejected"]);
  for (const one of both) if (one.status === "fulfilled") await one.value();
});

test("who watches a rotation hears that it was let go of, and its end waits for no watcher", async (t) => {
  const [runtime, id] = [newRuntime(t), newId()];
  const release = await claimRotation(runtime, id);
  const holder = await holderOf(runtime, id);
  await release();
  await holder!.ended;
});

test("a process that is killed holds no rotation any more: its watcher hears of it, and another may claim it", async (t) => {
  const [runtime, id] = [newRuntime(t), newId()];
  const script = `const { claimRotation } = await import("#mcp/device/rotation-claim.ts");
    await claimRotation(${JSON.stringify(runtime)}, ${JSON.stringify(id)});
    setInterval(() => {}, 1000);
    console.log("claimed");`;
  const child = spawn(process.execPath, ["--input-type=module", "--eval", script], {
    cwd: join(import.meta.dirname, "../../.."),
    stdio: ["ignore", "pipe", "inherit"],
  });
  t.after(() => child.kill("SIGKILL"));
  await once(child.stdout, "data");
  const holder = await holderOf(runtime, id);
  assert.ok(holder, "it holds the rotation while it lives");
  await assert.rejects(claimRotation(runtime, id), { code: "vault-conflict" });
  child.kill("SIGKILL");
  await holder.ended;
  // A system closes what a killed process had open one by one: whoever asks in between is told of the end as well.
  for (let late = await holderOf(runtime, id); late !== undefined; late = await holderOf(runtime, id)) await late.ended;
  await (await claimRotation(runtime, id))();
});

test("an id of another member's making chooses no path", async (t) => {
  const runtime = newRuntime(t);
  const release = await claimRotation(join(runtime, "run"), "../../elsewhere");
  assert.deepEqual(readdirSync(runtime), ["run"]);
  assert.match(readdirSync(join(runtime, "run")).join(), /^rotation-[0-9a-f]{24}\.sock$/);
  await release();
});

test("a folder whose name is too long for a socket has its claims too", async (t) => {
  const [runtime, id] = [join(newRuntime(t), "x".repeat(90)), newId()];
  const release = await claimRotation(runtime, id);
  assert.equal(await isAtWorkElsewhere(runtime, id), true);
  await assert.rejects(claimRotation(runtime, id), { code: "vault-conflict" });
  await release();
  assert.equal(await isAtWorkElsewhere(runtime, id), false);
});
