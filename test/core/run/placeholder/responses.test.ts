import assert from "node:assert/strict";
import { test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { brotliCompressSync, deflateSync, gzipSync } from "node:zlib";
import { open, type Reply, secureTunnel, send, serve, VALUE } from "./proxied.ts";

/** No eight characters of the value in a row, in any case. */
function assertHidden({ all }: Reply): void {
  const text = all.toLowerCase();
  const value = VALUE.slice(8).toLowerCase();
  for (let at = 0; at + 8 <= value.length; at++) assert.ok(!text.includes(value.slice(at, at + 8)), all.slice(0, 400));
}

test("S129 a value that a server answers with is hidden in a redirect, a cookie, the status line and every header", async (t) => {
  const { port } = await serve(t, ({ headers }, _request, response) => {
    const value = headers.authorization!.slice(7);
    response.writeHead(302, `Found ${value}`, [
      ...["Location", `https://localhost/next?token=${encodeURIComponent(value)}&x=1`],
      ...["Set-Cookie", `session=${value}; Path=/`, "Set-Cookie", `b64=${Buffer.from(value).toString("base64")}`],
      ...["X-Echo", `Bearer ${value}`, `X-${value}`, "a value in a name", "ETag", `"${value}"`],
    ]);
    response.end();
  });
  const opened = await open(t, [`localhost:${port}`]);
  const reply = await send(opened, port, { headers: { Authorization: `Bearer ${opened.key}` } });
  assert.equal(reply.status, 302);
  assert.equal(reply.headers.location, "https://localhost/next?token=[redacted:KEY]&x=1");
  assert.equal(reply.headers["set-cookie"]!.length, 2);
  assert.equal(reply.headers["x-echo"], "Bearer [redacted:KEY]");
  assertHidden(reply);
});

test("S129 a value in a body is hidden: in JSON, base64, hex, and in a body that comes one byte at a time", async (t) => {
  const { port } = await serve(t, async ({ url, headers }, _request, response) => {
    const value = headers.authorization!.slice(7);
    const forms: Record<string, string> = {
      json: JSON.stringify({ you: { sent: { Authorization: `Bearer ${value}` } } }),
      base64: Buffer.from(`x:${value}`).toString("base64"),
      hex: Buffer.from(value).toString("hex"),
      reversed: [...value].reverse().join(""),
      bytewise: `before ${value} after`,
    };
    const body = forms[url!.slice(1)]!;
    if (url !== "/bytewise") return response.setHeader("Content-Length", body.length).end(body);
    for (const character of body) {
      response.write(character);
      await sleep(1);
    }
    response.end();
  });
  const opened = await open(t, [`localhost:${port}`]);
  for (const form of ["json", "base64", "hex", "reversed", "bytewise"]) {
    const reply = await send(opened, port, { path: `/${form}`, headers: { Authorization: `Bearer ${opened.key}` } });
    assertHidden(reply);
    assert.match(reply.body, /\[redacted:KEY\]/, form);
  }
});

test("S129 a value is hidden in an answer to a request that did not carry it", async (t) => {
  let stored = "";
  const { port } = await serve(t, ({ headers }, _request, response) => {
    if (headers.authorization !== undefined) stored = headers.authorization;
    response.end(`stored: ${stored}`);
  });
  const opened = await open(t, [`localhost:${port}`]);
  await send(opened, port, { headers: { Authorization: `Bearer ${opened.key}` } });
  assert.equal((await send(opened, port)).body, "stored: Bearer [redacted:KEY]");
});

test("S130 a compressed body is unpacked, masked and passed on without its encoding", async (t) => {
  const pack = { gzip: gzipSync, deflate: deflateSync, br: brotliCompressSync, "x-gzip": gzipSync };
  const { port, seen } = await serve(t, ({ url, headers }, _request, response) => {
    const encoding = url!.slice(1) as keyof typeof pack; // one of them, as sent below
    const body = pack[encoding](`${"filler ".repeat(5_000)}${headers.authorization} end`);
    response.writeHead(200, { "Content-Encoding": encoding, "Content-Length": body.length });
    response.write(body.subarray(0, 40));
    response.end(body.subarray(40));
  });
  const opened = await open(t, [`localhost:${port}`]);
  for (const encoding of Object.keys(pack)) {
    const headers = { Authorization: `Bearer ${opened.key}`, "Accept-Encoding": "gzip, br" };
    const reply = await send(opened, port, { path: `/${encoding}`, headers });
    assert.equal(reply.body, `${"filler ".repeat(5_000)}Bearer [redacted:KEY] end`);
    assert.equal(reply.headers["content-encoding"], undefined);
    assertHidden(reply);
  }
  assert.equal(seen[0]!.headers["accept-encoding"], "identity");
});

test("S130 two encodings on top of each other are undone; one that is unknown is not passed on", async (t) => {
  const { port } = await serve(t, ({ url, headers }, _request, response) => {
    const text = `got ${headers.authorization} `;
    if (url === "/twice") {
      response.writeHead(200, { "Content-Encoding": "gzip, br" });
      return response.end(brotliCompressSync(gzipSync(text)));
    }
    response.writeHead(200, { "Content-Encoding": url === "/unknown" ? "rot13" : "gzip" });
    response.end(text);
  });
  const opened = await open(t, [`localhost:${port}`]);
  const headers = { Authorization: `Bearer ${opened.key}` };
  assert.equal((await send(opened, port, { path: "/twice", headers })).body, "got Bearer [redacted:KEY] ");
  const unknown = await send(opened, port, { path: "/unknown", headers });
  assert.equal(unknown.status, 502);
  assert.match(unknown.body, /encoding that can't be masked/);
  await assert.rejects(
    send(opened, port, { path: "/damaged", headers }),
    "what is no gzip ends in a broken connection",
  );
});

test("S130 ranges are not asked for, because a value that comes in pieces can't be seen", async (t) => {
  const { port, seen } = await serve(t, ({ headers }, _request, response) => {
    response.end(`value: ${headers["x-api-key"]}`);
  });
  const opened = await open(t, [`localhost:${port}`]);
  const headers = { "X-API-Key": opened.key, Range: "bytes=8-12", "If-Range": '"x"' };
  const reply = await send(opened, port, { headers });
  assert.deepEqual([seen[0]!.headers.range, seen[0]!.headers["if-range"]], [undefined, undefined]);
  assert.equal(reply.body, "value: [redacted:KEY]");
});

test("S130 trailers are dropped, and a HEAD or a 204 has its headers masked", async (t) => {
  const { port } = await serve(t, ({ method, url, headers }, _request, response) => {
    const value = headers.authorization!;
    if (url === "/204") return response.writeHead(204, { "X-Echo": value }).end();
    if (method === "HEAD") return response.writeHead(200, { "X-Echo": value, "Content-Encoding": "gzip" }).end();
    response.writeHead(200, { Trailer: "X-Late" });
    response.write("body");
    response.addTrailers({ "X-Late": value });
    response.end();
  });
  const opened = await open(t, [`localhost:${port}`]);
  const headers = { Authorization: `Bearer ${opened.key}` };
  for (const options of [{ path: "/204" }, { method: "HEAD" }, {}])
    assertHidden(await send(opened, port, { ...options, headers }));
});

test("an ordinary answer passes unchanged: bytes, status, repeated headers", async (t) => {
  const bytes = Buffer.from(Array.from({ length: 100_000 }, (_, n) => (n * 131) % 256));
  const { port } = await serve(t, (_seen, _request, response) => {
    response.writeHead(418, "Short and stout", ["Link", "<a>", "Link", "<b>", "X-Latin", "caf\u00e9"]);
    response.end(bytes);
  });
  const opened = await open(t, [`localhost:${port}`]);
  const reply = await send(opened, port);
  assert.deepEqual([reply.status, reply.statusText, reply.headers.link], [418, "Short and stout", "<a>, <b>"]);
  assert.equal(reply.headers["x-latin"], "caf\u00e9");
  assert.ok(Buffer.from(reply.body, "latin1").equals(bytes));
});

test("a stream of events arrives as it comes, not at its end", async (t) => {
  const { port } = await serve(t, async (_seen, _request, response) => {
    response.writeHead(200, { "Content-Type": "text/event-stream" });
    // Never ends by itself: the client hangs up when it has seen enough.
    for (let n = 0; !response.destroyed; n++) {
      response.write(`data: event ${n}\n\n`);
      await sleep(5);
    }
  });
  const opened = await open(t, [`localhost:${port}`]);
  const socket = await secureTunnel(opened, "localhost", port);
  socket.write(`GET / HTTP/1.1\r\nHost: localhost:${port}\r\n\r\n`);
  let text = "";
  for await (const chunk of socket) {
    text += String(chunk);
    if (text.includes("event 3")) break;
  }
  assert.match(text, /event 0/);
});
