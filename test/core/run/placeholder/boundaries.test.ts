import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { createServer } from "node:net";
import { dirname } from "node:path";
import { test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { connect } from "node:tls";
import { promisify } from "node:util";
import { tunnelThrough } from "#core/run/placeholder/corporate-proxy.ts";
import { guardedLookup } from "#core/run/placeholder/guarded-lookup.ts";
import { createRunCa } from "#core/run/placeholder/run-ca.ts";
import { connectStatus, open, raw, secureTunnel, send, serve, VALUE } from "./proxied.ts";

test("S131 a server whose certificate is not valid gets nothing: unknown issuer, other name", async (t) => {
  const stranger = await serve(t, undefined, { ca: await createRunCa() });
  const misnamed = await serve(t, undefined, { host: "other.example" });
  for (const { port, seen } of [stranger, misnamed]) {
    const opened = await open(t, [`localhost:${port}`], ["header:authorization", "body:x"]);
    const headers = { Authorization: `Bearer ${opened.key}`, "Content-Type": "application/json" };
    const reply = await send(opened, port, { method: "POST", headers, body: JSON.stringify({ x: opened.key }) });
    assert.equal(reply.status, 502);
    assert.match(reply.body, /its certificate is not valid \([A-Z_]+\)/);
    assert.ok(!reply.all.includes(VALUE));
    assert.equal(seen.length, 0);
    assert.deepEqual(opened.report().unused, ["KEY"], "put into a request that was never sent");
    assert.match(opened.report().remarks.join(), /^a request to localhost was refused: .*certificate is not valid/);
  }
});

test("S131 not a byte of a request goes to a server before its certificate is verified", async (t) => {
  const { createServer: createTlsServer } = await import("node:tls");
  const bytes: Buffer[] = [];
  for (const maxVersion of ["TLSv1.2", "TLSv1.3"] as const) {
    const server = createTlsServer({ ...(await createRunCa()).issue("localhost"), maxVersion }, (socket) => {
      socket.on("data", (chunk) => bytes.push(chunk));
      socket.on("error", () => undefined);
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    t.after(() => server.close());
    const { port } = server.address() as { port: number }; // a TCP server's address is no string
    const opened = await open(t, [`localhost:${port}`]);
    assert.equal((await send(opened, port, { headers: { Authorization: opened.key } })).status, 502);
  }
  assert.equal(Buffer.concat(bytes).length, 0);
});

test("S132 an allowed name that leads to this machine is not followed; a name that says so is", async (t) => {
  const { port, seen } = await serve(t, undefined, { host: "rebind.example" });
  const lookups: string[] = [];
  const resolve = async (host: string) => {
    lookups.push(host);
    return [{ address: "127.0.0.1", family: 4 }];
  };
  const opened = await open(t, [`rebind.example:${port}`], undefined, { resolve });
  const reply = await send(opened, port, { host: "rebind.example", headers: { Authorization: opened.key } });
  assert.equal(reply.status, 502);
  assert.match(reply.body, /leads to this machine or its neighbours\. Nothing was sent/);
  assert.deepEqual([seen.length, lookups], [0, ["rebind.example"]]);
  const local = await serve(t);
  const allowed = await open(t, [`localhost:${local.port}`], undefined, { resolve });
  assert.equal((await send(allowed, local.port)).status, 200);
});

test("S132 addresses of this machine, its links and cloud metadata are dropped, in every spelling", async () => {
  const lookup = (host: string, ...addresses: string[]) =>
    new Promise<unknown>((done) => {
      const resolve = async () => addresses.map((address) => ({ address, family: address.includes(":") ? 6 : 4 }));
      guardedLookup(resolve)(host, { all: true }, (error, found) => done(error === null ? found : "refused"));
    });
  const bad = ["127.0.0.1", "127.8.8.8", "0.0.0.0", "169.254.169.254", "224.0.0.1", "255.255.255.255", "::1", "::"];
  for (const address of [...bad, "::ffff:127.0.0.1", "::ffff:169.254.169.254", "fe80::1", "ff02::1", "fd00:ec2::254"]) {
    assert.equal(await lookup("api.example.com", address), "refused", address);
  }
  const mixed = await lookup("api.example.com", "127.0.0.1", "10.1.2.3", "93.184.216.34");
  assert.deepEqual(mixed, [
    { address: "10.1.2.3", family: 4 },
    { address: "93.184.216.34", family: 4 },
  ]);
  assert.equal(await lookup("localhost", "10.1.2.3"), "refused", "a loopback name leads to loopback only");
  assert.deepEqual(await lookup("localhost", "::1"), [{ address: "::1", family: 6 }]);
});

test("S132 in a sandbox, tunnels to hosts without a placeholder are guarded in the same way", async (t) => {
  const { port } = await serve(t);
  const resolve = async () => [{ address: "127.0.0.1", family: 4 }];
  const opened = await open(t, ["localhost:1"], undefined, { resolve, isSandboxed: true });
  await assert.rejects(tunnelThrough(new URL(opened.proxy), "rebind.example", port));
  (await tunnelThrough(new URL(opened.proxy), "localhost", port)).destroy();
});

test("S133 a request whose Host header or TLS name is another one than the tunnel's is refused", async (t) => {
  const { port, seen } = await serve(t);
  const opened = await open(t, [`localhost:${port}`]);
  const authorization = `Authorization: Bearer ${opened.key}\r\n`;
  const heads = [
    `GET / HTTP/1.1\r\nHost: evil.example\r\n${authorization}\r\n`,
    `GET / HTTP/1.1\r\nHost: localhost\r\n${authorization}\r\n`,
    `GET / HTTP/1.1\r\nHost: localhost:${port}\r\nHost: evil.example\r\n${authorization}\r\n`,
    `GET https://evil.example/ HTTP/1.1\r\nHost: localhost:${port}\r\n${authorization}\r\n`,
    `GET / HTTP/1.0\r\n${authorization}\r\n`,
  ];
  for (const head of heads) {
    assert.match(await raw(await secureTunnel(opened, "localhost", port), head), /^HTTP\/1\.1 4(21|00) /, head);
  }
  const named = await secureTunnel(opened, "localhost", port, "localhost");
  named.destroy();
  const tunnel = await tunnelThrough(new URL(opened.proxy), "localhost", port);
  const other = connect({ socket: tunnel, servername: "evil.example", rejectUnauthorized: false });
  assert.match(
    await raw(other, `GET / HTTP/1.1\r\nHost: localhost:${port}\r\n${authorization}\r\n`),
    /^HTTP\/1\.1 421 /,
  );
  assert.equal(seen.length, 0);
});

test("S134 nobody uses the proxy without the run's token, and its output is redacted like a secret", async (t) => {
  const { port } = await serve(t);
  const opened = await open(t, [`localhost:${port}`]);
  const { port: proxyPort, password, hostname } = new URL(opened.proxy);
  const basic = (text: string) => `Basic ${Buffer.from(text).toString("base64")}`;
  const target = `localhost:${port}`;
  assert.equal(hostname, "127.0.0.1");
  for (const authorization of [undefined, basic("run:"), basic("run:wrong"), basic(`run:${password}x`)]) {
    assert.equal(await connectStatus(Number(proxyPort), authorization, target), 407);
  }
  assert.equal(await connectStatus(Number(proxyPort), basic(`run:${password}`), target), 200);
  assert.deepEqual(
    opened.credentials.map(({ value }) => Buffer.from(value).toString()),
    [password],
  );
});

test("S135 the authority's key is on no disk; after the run its file, its proxy and the values are gone", async (t) => {
  const { port } = await serve(t);
  const opened = await open(t, [`localhost:${port}`]);
  const file = opened.env.SSL_CERT_FILE!;
  const folder = dirname(file);
  assert.deepEqual(readdirSync(folder), ["ca.pem"]);
  assert.doesNotMatch(readFileSync(file, "utf8"), /PRIVATE KEY/);
  if (process.platform !== "win32") assert.equal(statSync(folder).mode & 0o777, 0o700);
  await opened.close();
  assert.ok(!existsSync(folder));
  await assert.rejects(tunnelThrough(new URL(opened.proxy), "localhost", port), { code: "ECONNREFUSED" });
});

test("S135 each run has an authority of its own: one run's certificates are not trusted by another", async (t) => {
  const { port } = await serve(t);
  const [one, two] = [await open(t, [`localhost:${port}`]), await open(t, [`localhost:${port}`])];
  const mixed = { ...one, env: { ...one.env, SSL_CERT_FILE: two.env.SSL_CERT_FILE! } };
  await assert.rejects(send(mixed, port), { code: /UNABLE_TO_VERIFY|SELF_SIGNED|UNABLE_TO_GET|CERT_SIGNATURE/ });
});

test("S136 a request that two servers would read differently is refused, and one connection's requests stay apart", async (t) => {
  const { port, seen } = await serve(t);
  const opened = await open(t, [`localhost:${port}`]);
  const host = `Host: localhost:${port}\r\n`;
  const smuggled = `0\r\n\r\nGET /smuggled HTTP/1.1\r\n${host}Authorization: ${opened.key}\r\n\r\n`;
  const bad = [
    `POST / HTTP/1.1\r\n${host}Content-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n${smuggled}`,
    `POST / HTTP/1.1\r\n${host}Content-Length: 4\r\nContent-Length: 60\r\n\r\n${smuggled}`,
    `POST / HTTP/1.1\r\n${host}Transfer-Encoding: chunked, identity\r\n\r\n${smuggled}`,
    `GET / HTTP/1.1\r\n${host}X: a\nAuthorization: ${opened.key}\r\n\r\n`,
    `GET / HTTP/1.1\r\n${host}Bad Header: x\r\n\r\n`,
  ];
  for (const text of bad) {
    assert.match(await raw(await secureTunnel(opened, "localhost", port), text), /^HTTP\/1\.1 400 /, text);
  }
  assert.deepEqual(
    seen.map(({ url }) => url).filter((url) => url === "/smuggled"),
    [],
  );
});

test("S136 headers that are for one connection only, or name such headers, are not passed on", async (t) => {
  const { port, seen } = await serve(t);
  const opened = await open(t, [`localhost:${port}`]);
  const headers = { Connection: "close, X-Hop", "X-Hop": "1", "Proxy-Authorization": "Basic eDp5", TE: "trailers" };
  await send(opened, port, { headers: { ...headers, "X-Kept": "1" } });
  const names = seen[0]!.rawHeaders.filter((_, at) => at % 2 === 0).map((name) => name.toLowerCase());
  assert.ok(names.includes("x-kept"));
  for (const name of ["x-hop", "proxy-authorization", "te"]) assert.ok(!names.includes(name), name);
});

test("S136 a value that no header can carry is not sent, and the answer says why without it", async (t) => {
  const { port, seen } = await serve(t);
  const value = `${VALUE}\r\nX-Injected: 1`;
  const secret = { name: "KEY", value: Buffer.from(value), allowedHosts: [`localhost:${port}`] };
  const opened = await open(t, [], [], { secrets: [secret] });
  const reply = await send(opened, port, { headers: { Authorization: opened.key } });
  assert.equal(reply.status, 502);
  assert.match(reply.body, /characters that no header can carry\. Nothing was sent/);
  assert.ok(!reply.all.includes(VALUE));
  assert.equal(seen.length, 0);
});

test("S137 WebSockets are refused with the reason, and HTTP/2 is not offered", async (t) => {
  const { port, seen } = await serve(t);
  const opened = await open(t, [`localhost:${port}`]);
  const upgrade = `GET / HTTP/1.1\r\nHost: localhost:${port}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n`;
  const answer = await raw(await secureTunnel(opened, "localhost", port), upgrade);
  assert.match(answer, /^HTTP\/1\.1 501 [\s\S]*WebSockets and other upgrades don't work with placeholders/);
  assert.deepEqual(opened.report().remarks, [
    "a request to localhost was refused: WebSockets and other upgrades don't work with placeholders",
  ]);
  const tunnel = await tunnelThrough(new URL(opened.proxy), "localhost", port);
  const socket = connect({
    socket: tunnel,
    servername: "localhost",
    rejectUnauthorized: false,
    ALPNProtocols: ["h2", "http/1.1"],
  });
  await new Promise((resolve) => socket.once("secureConnect", resolve));
  assert.equal(socket.alpnProtocol, "http/1.1");
  socket.destroy();
  assert.equal(seen.length, 0);
});

test("S137 what is sent over plain HTTP keeps its placeholder, and the run says so", async (t) => {
  const texts: string[] = [];
  const server = createServer((socket) => {
    socket.on("data", (chunk) => {
      texts.push(String(chunk));
      socket.end("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok");
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  t.after(() => server.close());
  const { port } = server.address() as { port: number }; // a TCP server's address is no string
  const opened = await open(t, [`localhost:${port}`], undefined, { parentEnv: { HTTP_PROXY: "" } });
  const { request } = await import("node:http");
  const proxy = new URL(opened.proxy);
  const authorization = `Basic ${Buffer.from(`run:${proxy.password}`).toString("base64")}`;
  const headers = { "Proxy-Authorization": authorization, Authorization: opened.key, Host: `localhost:${port}` };
  const options = { host: "127.0.0.1", port: proxy.port, path: `http://localhost:${port}/`, headers };
  await new Promise<void>((resolve) => request(options, (response) => response.resume().on("end", resolve)).end());
  assert.ok(texts.join("").includes(opened.key) && !texts.join("").includes(VALUE));
  assert.deepEqual(opened.report().remarks, ["KEY was sent over plain HTTP, where no value is put in"]);
});

test("a program that does not trust the run's certificate, as one that pins, is reported", async (t) => {
  const { port } = await serve(t);
  const opened = await open(t, [`localhost:${port}`]);
  const script = `fetch("https://localhost:${port}/").catch((error) => console.log(error.cause.code))`;
  const env = { PATH: process.env.PATH, HTTPS_PROXY: opened.proxy, NODE_USE_ENV_PROXY: "1" };
  const { stdout } = await promisify(execFile)(process.execPath, ["-e", script], { env });
  assert.match(stdout, /SELF_SIGNED|UNABLE_TO/);
  // The end of its connection may arrive after the end of the process.
  for (let waited = 0; opened.report().remarks.length === 0 && waited < 60_000; waited += 20) await sleep(20);
  assert.deepEqual(opened.report().remarks, [
    "a program broke off its connection to localhost: it may not trust this run's certificate",
  ]);
});
