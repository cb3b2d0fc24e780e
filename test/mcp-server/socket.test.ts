import assert from "node:assert/strict";
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { chmod, mkdir, stat, symlink, writeFile } from "node:fs/promises";
import { request } from "node:http";
import { connect } from "node:net";
import { networkInterfaces } from "node:os";
import path from "node:path";
import { afterEach, test } from "node:test";
import { isVaultError } from "#core/vault-error.ts";
import type { AgentAddress } from "#mcp/agent-request.ts";
import { CONTENTS, fakeVault } from "./fixtures/fake-vault.ts";
import { freshAddress, type TestSocket, testSocket } from "./fixtures/socket-server.ts";

const open: TestSocket[] = [];
afterEach(async () => {
  await Promise.all(open.splice(0).map((socket) => socket.close()));
});

async function start(...args: Parameters<typeof testSocket>): Promise<TestSocket> {
  const socket = await testSocket(...args);
  open.push(socket);
  return socket;
}

interface Sent {
  readonly method?: string;
  readonly path?: string;
  readonly headers?: Record<string, string>;
  readonly body?: string;
}

/** A request as it is: nothing is added but what a test says. */
function send(address: AgentAddress, { method = "POST", path = "/mcp", headers = {}, body }: Sent = {}) {
  return new Promise<{ status: number; text: string; headers: NodeJS.Dict<string | string[]> }>((resolve, reject) => {
    const where = "port" in address ? { host: "127.0.0.1", port: address.port } : address;
    const outgoing = request({ ...where, method, path, headers, agent: false, setHost: false });
    outgoing.on("error", reject);
    outgoing.on("response", (response) => {
      let text = "";
      response.on("data", (chunk: Buffer) => {
        text += chunk.toString("utf8");
      });
      response.on("end", () => resolve({ status: response.statusCode ?? 0, text, headers: response.headers }));
    });
    outgoing.end(body);
  });
}

const INITIALIZE = JSON.stringify({
  jsonrpc: "2.0",
  id: 1,
  method: "initialize",
  params: { protocolVersion: "2025-11-25", capabilities: {}, clientInfo: { name: "raw", version: "1" } },
});

const good = (socket: TestSocket, more: Record<string, string> = {}) => ({
  host: "localhost",
  authorization: `Bearer ${socket.nonce}`,
  "content-type": "application/json",
  accept: "application/json, text/event-stream",
  ...more,
});

test("a request with the key of the socket is let in", async () => {
  const socket = await start();
  assert.equal((await send(socket.address, { headers: good(socket), body: INITIALIZE })).status, 200);
});

test("S76 a request without the key, or with another one, is refused on every path and in every method", async () => {
  const socket = await start({ routes: { "/access": async () => ({ body: "reached" }) } });
  const keys = ["", "Bearer", "Bearer ", "Bearer x", `Bearer ${"0".repeat(32)}`, socket.nonce, `Basic ${socket.nonce}`];
  for (const authorization of [...keys, `Bearer ${socket.nonce} `.slice(0, -2), `bearer ${socket.nonce}`]) {
    for (const where of ["/mcp", "/access", "/other"]) {
      const { authorization: _, ...headers } = good(socket);
      const sent = {
        path: where,
        headers: { ...headers, ...(authorization === "" ? {} : { authorization }) },
        body: INITIALIZE,
      };
      const answer = await send(socket.address, sent);
      assert.equal(answer.status, 401, `${authorization} ${where}`);
      assert.equal(answer.text, "");
    }
  }
  for (const method of ["GET", "DELETE", "PUT", "OPTIONS"]) {
    assert.equal((await send(socket.address, { method, headers: { host: "localhost" } })).status, 401, method);
  }
});

test("S77 a page that rebinds DNS is refused by its Host, before the key counts", async () => {
  const socket = await start({ address: { port: 0 } });
  for (const host of [
    "evil.example",
    "localhost.evil.example",
    "127.0.0.1.evil.example:80",
    "evil.example:1@localhost",
    "[::2]",
    "",
  ]) {
    const answer = await send(socket.address, { headers: good(socket, { host }), body: INITIALIZE });
    assert.ok(answer.status === 403 || answer.status === 400, `${host}: ${answer.status}`);
  }
  const { host: _, ...none } = good(socket);
  assert.ok((await send(socket.address, { headers: none, body: INITIALIZE })).status >= 400);
});

test("S77 a page of another origin is refused, before the key counts", async () => {
  const socket = await start({ address: { port: 0 } });
  for (const origin of [
    "https://evil.example",
    "null",
    "http://localhost.evil.example",
    "file://",
    "vscode-webview://x",
  ]) {
    const answer = await send(socket.address, { headers: good(socket, { origin }), body: INITIALIZE });
    assert.equal(answer.status, 403, origin);
  }
});

test("S77 what a page can send without asking first is refused", async () => {
  const socket = await start();
  for (const type of ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data", "application/jsonx"]) {
    const answer = await send(socket.address, { headers: good(socket, { "content-type": type }), body: INITIALIZE });
    assert.equal(answer.status, 415, type);
  }
  const preflight = await send(socket.address, {
    method: "OPTIONS",
    headers: good(socket, { "access-control-request-method": "POST" }),
  });
  assert.ok(preflight.status >= 400);
  assert.equal(preflight.headers["access-control-allow-origin"], undefined);
});

test("a body that is too long is refused unread, whether it says its length or not", async () => {
  const socket = await start();
  const headers = good(socket);
  const said = await send(socket.address, {
    headers: { ...headers, "content-length": String(5 * 1024 * 1024) },
    body: "{",
  });
  assert.equal(said.status, 413);
  const body = `{"a":"${"x".repeat(5 * 1024 * 1024)}"}`;
  const streamed = await send(socket.address, { headers: { ...headers, "transfer-encoding": "chunked" }, body }).catch(
    () => undefined,
  );
  // The server may close the connection while the client still writes.
  assert.ok(streamed === undefined || streamed.status === 413);
  assert.equal((await send(socket.address, { headers, body: INITIALIZE })).status, 200);
});

test("a body that is no JSON, paths that are none and wrong sessions are refused", async () => {
  const socket = await start();
  const headers = good(socket);
  assert.equal((await send(socket.address, { headers, body: "{" })).status, 400);
  assert.equal((await send(socket.address, { headers, body: "null" })).status, 400);
  for (const where of ["/", "/mcp/", "/mcp/../access", "/__proto__", "//mcp"]) {
    assert.equal((await send(socket.address, { path: where, headers, body: INITIALIZE })).status, 404, where);
  }
  const list = JSON.stringify({ jsonrpc: "2.0", id: 1, method: "tools/list" });
  assert.equal((await send(socket.address, { headers, body: list })).status, 400);
  assert.equal(
    (await send(socket.address, { headers: { ...headers, "mcp-session-id": "made-up" }, body: list })).status,
    404,
  );
  assert.equal((await send(socket.address, { method: "GET", headers })).status, 400);
  assert.equal((await send(socket.address, { method: "PUT", headers })).status, 405);
});

test("bytes that are no HTTP close their connection only", async () => {
  const socket = await start();
  const client = connect((socket.address as { socketPath: string }).socketPath);
  client.write("\u0016\u0003\u0001 not http at all\r\n\r\n");
  client.on("data", () => {});
  await once(client, "close");
  assert.equal((await send(socket.address, { headers: good(socket), body: INITIALIZE })).status, 200);
});

test("S78 the socket is 0600 in a folder of 0700, also where the folder was open to others", async () => {
  const address = await freshAddress();
  const folder = path.dirname(address.socketPath);
  await chmod(folder, 0o755);
  await start({ address });
  assert.equal((await stat(folder)).mode & 0o777, 0o700);
  assert.equal((await stat(address.socketPath)).mode & 0o777, 0o600);
});

test("S78 a folder that is a link is refused", async () => {
  const { socketPath } = await freshAddress();
  const folder = path.dirname(socketPath);
  await mkdir(path.join(folder, "real"));
  await symlink(path.join(folder, "real"), path.join(folder, "link"));
  await assert.rejects(testSocket({ address: { socketPath: path.join(folder, "link", "ov.sock") } }), (error) =>
    isVaultError(error, "store-failed"),
  );
});

/** A process that listens there and is killed, so that its file stays behind. */
async function staleSocket(socketPath: string): Promise<void> {
  const code = `require("node:net").createServer().listen(process.argv[1], () => console.log("up"))`;
  const child: ChildProcess = spawn(process.execPath, ["-e", code, socketPath], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  await once(child.stdout!, "data");
  child.kill("SIGKILL");
  await once(child, "exit");
}

test("a socket file whose process was killed is replaced", async () => {
  const address = await freshAddress();
  await staleSocket(address.socketPath);
  const socket = await start({ address });
  assert.equal((await send(socket.address, { headers: good(socket), body: INITIALIZE })).status, 200);
});

test("S78 a socket whose process lives is not taken from it", async () => {
  const socket = await start();
  await assert.rejects(testSocket({ address: socket.address }), (error) => isVaultError(error));
  assert.equal((await send(socket.address, { headers: good(socket), body: INITIALIZE })).status, 200);
});

test("a file that is no socket is left alone", async () => {
  const address = await freshAddress();
  await writeFile(address.socketPath, "somebody's notes");
  await assert.rejects(testSocket({ address }), (error) => isVaultError(error, "store-failed"));
  assert.equal((await stat(address.socketPath)).size, 16);
});

test("of several processes that find one stale socket, one listens and the others are told", async () => {
  const address = await freshAddress();
  await staleSocket(address.socketPath);
  const results = await Promise.allSettled(Array.from({ length: 5 }, () => testSocket({ address })));
  const won = results.filter((result) => result.status === "fulfilled").map((result) => result.value);
  open.push(...won);
  assert.equal(won.length, 1);
  assert.equal((await send(address, { headers: good(won[0]!), body: INITIALIZE })).status, 200);
});

test("a path that is too long for a socket says so", async () => {
  const { socketPath } = await freshAddress();
  const long = path.join(path.dirname(socketPath), "x".repeat(120));
  await assert.rejects(testSocket({ address: { socketPath: long } }), /longer than/);
});

test("a port is opened on this machine only", async () => {
  const socket = await start({ address: { port: 0 } });
  const { port } = socket.address as { port: number };
  // A server on all addresses would be reached by the others of this machine too.
  const others = Object.values(networkInterfaces()).flatMap((list) => (list ?? []).map((each) => each.address));
  for (const host of ["::1", ...others.filter((address) => address !== "127.0.0.1")]) {
    await assert.rejects(once(connect({ port, host }), "connect"), host);
  }
});

test("a client that goes away in the middle of a call ends its command", async () => {
  const vault = fakeVault(CONTENTS, { approvesAll: true });
  const socket = await start({ vault });
  const headers = good(socket);
  const session = (await send(socket.address, { headers, body: INITIALIZE })).headers["mcp-session-id"] as string;
  const call = { name: "vault_run", arguments: { command: "sleep 600" } };
  const outgoing = request({
    ...(socket.address as { socketPath: string }),
    method: "POST",
    path: "/mcp",
    headers: { ...headers, "mcp-session-id": session },
    agent: false,
  });
  outgoing.on("error", () => {});
  outgoing.end(JSON.stringify({ jsonrpc: "2.0", id: 2, method: "tools/call", params: call }));
  while (vault.openLeases.size === 0) await new Promise((resolve) => setTimeout(resolve, 5));
  outgoing.destroy();
  while (vault.openLeases.size > 0) await new Promise((resolve) => setTimeout(resolve, 5));
  assert.deepEqual(vault.calls, ["lease", "settle cancelled"]);
});

test("closing the server ends runs and connections, and removes the socket", async () => {
  const vault = fakeVault(CONTENTS, { approvesAll: true });
  const socket = await testSocket({ vault });
  const headers = good(socket);
  const session = (await send(socket.address, { headers, body: INITIALIZE })).headers["mcp-session-id"] as string;
  const body = JSON.stringify({
    jsonrpc: "2.0",
    id: 2,
    method: "tools/call",
    params: { name: "vault_run", arguments: { command: "sleep 600" } },
  });
  const call = send(socket.address, { headers: { ...headers, "mcp-session-id": session }, body }).catch(
    () => undefined,
  );
  while (vault.openLeases.size === 0) await new Promise((resolve) => setTimeout(resolve, 5));
  await socket.close();
  assert.equal(vault.openLeases.size, 0);
  await call;
  await assert.rejects(stat((socket.address as { socketPath: string }).socketPath));
});

test("sessions that were left behind don't pile up", async () => {
  const socket = await start();
  const headers = good(socket);
  const list = JSON.stringify({ jsonrpc: "2.0", id: 1, method: "tools/list" });
  const ids: string[] = [];
  for (let count = 0; count < 70; count++) {
    ids.push((await send(socket.address, { headers, body: INITIALIZE })).headers["mcp-session-id"] as string);
  }
  const statusOf = async (id: string) =>
    (await send(socket.address, { headers: { ...headers, "mcp-session-id": id }, body: list })).status;
  assert.equal(await statusOf(ids[0]!), 404);
  assert.equal(await statusOf(ids.at(-1)!), 200);
});
