import assert from "node:assert/strict";
import { randomBytes, randomInt } from "node:crypto";
import { connect, type Socket } from "node:net";
import { after, before, test } from "node:test";
import { type Api, startApi } from "../../api-server/start-api.ts";
import { temporaryFolder } from "../temporary-folder.ts";
import { accountBody } from "./conformance.ts";
import { recordVault } from "./recorded-vault.ts";
import { type Caller, callerOf, newDevice } from "./sealed-caller.ts";

const INPUTS = 2000;
const device = newDevice();
let api: Api;
let caller: Caller;

before(async () => {
  // Rates that no test reaches: this one is about what is read of a request, not how many there are.
  api = await startApi({ folder: temporaryFolder("ov-hostile-"), rates: { device: [1e6, 1e6], address: [1e6, 1e6] } });
  caller = callerOf(api.url, api.serverId);
  const vault = await recordVault(0);
  assert.equal(
    (await caller.call("PUT", `/accounts/${vault.account}`, { body: accountBody(vault, device) })).status,
    201,
  );
});
after(() => api.close());

test("S202 2,000 broken, cut and changed calls are each refused without a word, and the server works on", async () => {
  const { bytes } = await caller.seal("GET", "/account", { device });
  const seen = new Set<number>();
  for (let count = 0; count < INPUTS; count++) {
    const answer = await caller.post(broken(bytes, count));
    seen.add(answer.status);
    assert.equal(answer.bytes.length, 0, "nothing is told");
  }
  assert.deepEqual([...seen].sort(), [401, 421]);
  assert.equal((await caller.call("GET", "/account", { device })).status, 200);
});

test("bodies that are too large, of another type or deeply nested are refused at the door", async () => {
  const post = (body: Uint8Array, type: string) =>
    fetch(`${api.url}/v1/sealed`, { method: "POST", headers: { "content-type": type }, body });
  assert.equal((await post(Buffer.alloc(5 << 20), "application/ov-seal-req")).status, 413);
  assert.equal((await post(Buffer.from("{}"), "application/json")).status, 415);
  const deep = await caller.call("PUT", `/environments/${"0".repeat(32)}`, { device, body: nested(3000) });
  assert.equal(deep.body.code, "invalid");
  assert.equal((await fetch(`${api.url}/v1/environments`)).status, 404, "nothing is served outside of the seal");
});

test("connections that send nothing, or slowly, keep nobody else waiting", async () => {
  const { hostname, port } = new URL(api.url);
  const slow: Socket[] = [];
  for (let count = 0; count < 200; count++) {
    const socket = connect(Number(port), hostname);
    socket.on("error", () => {});
    socket.write("POST /v1/sealed HTTP/1.1\r\nhost: x\r\ncontent-length: 4096\r\n");
    slow.push(socket);
  }
  for (let count = 0; count < 20; count++) assert.equal((await caller.call("GET", "/account", { device })).status, 200);
  for (const socket of slow) socket.destroy();
});

function broken(bytes: Buffer, count: number): Buffer {
  switch (count % 4) {
    case 0:
      return randomBytes(randomInt(1, 4000));
    case 1:
      return bytes.subarray(0, randomInt(1, bytes.length));
    case 2: {
      // Every byte of the header and what follows it once, and as many anywhere.
      const at = count % 8 === 2 ? count >> 3 : randomInt(bytes.length);
      const changed = Buffer.from(bytes);
      changed[at]! ^= 1 << randomInt(8);
      return changed;
    }
    default:
      return Buffer.concat([bytes, randomBytes(randomInt(1, 600))]);
  }
}

function nested(depth: number): object {
  let value: object = {};
  for (let at = 0; at < depth; at++) value = { a: value };
  return value;
}
