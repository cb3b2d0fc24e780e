import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { after, before, test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { Client } from "@modelcontextprotocol/client";
import { StdioClientTransport } from "@modelcontextprotocol/client/stdio";
import { filesWith } from "../vscode/harness/find-value.ts";
import { DemoVault, OV } from "./demo-vault.ts";
import { processesWith } from "./processes-with.ts";

let vault: DemoVault;
let client: Client;
const traffic: string[] = [];
let helper = 0;

before(async () => {
  vault = new DemoVault();
  client = new Client({ name: "test", version: "1" }, { capabilities: { elicitation: { form: {} } } });
  client.setRequestHandler("elicitation/create", () => ({ action: "accept", content: { decision: "Approve once" } }));
  const env = vault.env as Record<string, string>; // a copy of process.env, which has no undefined values
  const transport = new StdioClientTransport({
    command: process.execPath,
    args: [OV, "mcp", "serve"],
    env,
    cwd: vault.folder,
  });
  const send = transport.send.bind(transport);
  transport.send = (message) => {
    traffic.push(JSON.stringify(message));
    return send(message);
  };
  await client.connect(transport);
  const receive = transport.onmessage!;
  transport.onmessage = (message) => {
    traffic.push(JSON.stringify(message));
    receive(message);
  };
  helper = transport.pid!;
});

after(async () => {
  await client.close();
  vault.close();
});

function memoryOf(pid: number): Buffer[] {
  const regions = readFileSync(`/proc/${pid}/maps`, "utf8")
    .split("\n")
    .filter((line) => /^\S+ rw/.test(line) && !line.includes("[v"));
  const { openSync, readSync, closeSync } = process.getBuiltinModule("node:fs");
  const memory = openSync(`/proc/${pid}/mem`, "r");
  try {
    return regions.flatMap((line) => {
      const [from, to] = line
        .split(" ")[0]!
        .split("-")
        .map((hex) => Number.parseInt(hex, 16));
      const bytes = Buffer.alloc(Math.min(to! - from!, 256 * 1024 * 1024));
      try {
        return [bytes.subarray(0, readSync(memory, bytes, 0, bytes.length, from!))];
      } catch {
        return [];
      }
    });
  } finally {
    closeSync(memory);
  }
}

test("S99 while a command runs, its secret is in its environment, and in no file, message, argument or other environment", {
  skip: process.platform !== "linux" && "reads /proc",
}, async () => {
  const call = client.callTool({
    name: "vault_run",
    arguments: { app: "shop", environment: "dev", command: 'echo "key: $STRIPE_KEY"; exec sleep 3' },
  });
  let found = processesWith(vault.secret);
  for (let tries = 0; found.length === 0 && tries < 3_000; tries++) {
    await sleep(20);
    found = processesWith(vault.secret);
  }
  assert.deepEqual(
    found.map(({ where }) => where),
    ["environ"],
    "one process, by its environment",
  );
  assert.notEqual(found[0]!.pid, helper);
  assert.ok(
    memoryOf(helper).every((region) => !region.includes(vault.secret)),
    "the helper that the client started never held it",
  );

  const result = await call;
  assert.equal(result.isError ?? false, false, JSON.stringify(result));
  assert.match(JSON.stringify(result), /key: \[redacted:STRIPE_KEY\]/);
  assert.ok(traffic.length >= 2);
  for (const text of [vault.secret, vault.password]) {
    for (const form of [text, Buffer.from(text).toString("base64"), Buffer.from(text).toString("hex")]) {
      assert.ok(!traffic.join("\n").includes(form), "in the messages");
    }
    assert.deepEqual(filesWith(text, vault.folder), []);
    assert.deepEqual(processesWith(text), [], "after the run");
  }
});

test("the search of this test finds what is there", {
  skip: process.platform !== "linux" && "reads /proc",
}, async () => {
  const { spawn } = await import("node:child_process");
  const marker = `marker-${process.pid}-${Date.now()}`;
  const child = spawn("sleep", ["5"], { env: { MARKER: marker } });
  while (processesWith(marker).length === 0) await sleep(10);
  assert.deepEqual(processesWith(marker), [{ pid: child.pid, where: "environ" }]);
  assert.ok(memoryOf(child.pid!).some((region) => region.includes(marker)));
  child.kill();
});
