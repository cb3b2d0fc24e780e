import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer } from "node:http";
import { type AddressInfo, connect } from "node:net";
import { type TestContext, test } from "node:test";
import { proxyFor } from "#core/run/placeholder/corporate-proxy.ts";
import { open, secureTunnel, send, serve, VALUE } from "./proxied.ts";

/** A company's proxy, which leads every name to this machine, as its own DNS might. */
async function companyProxy(t: TestContext, status = 200) {
  const asked: { readonly authority: string; readonly authorization: string | undefined }[] = [];
  const server = createServer().on("connect", (request, client) => {
    asked.push({ authority: request.url!, authorization: request.headers["proxy-authorization"] });
    if (status !== 200) return client.end(`HTTP/1.1 ${status} No\r\n\r\n`);
    const upstream = connect(Number(request.url!.split(":").at(-1)), "127.0.0.1", () => {
      client.write("HTTP/1.1 200 OK\r\n\r\n");
      upstream.pipe(client).pipe(upstream);
    });
    for (const socket of [client, upstream]) socket.on("error", () => undefined);
    client.on("close", () => upstream.destroy());
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  t.after(() => {
    server.closeAllConnections();
    server.close();
  });
  const { port } = server.address() as AddressInfo; // a TCP server's address is no string
  return { asked, url: `http://me:p%40ss@127.0.0.1:${port}` };
}

test("where the person has a proxy, values go through it too, still over verified TLS", async (t) => {
  const { port, seen } = await serve(t, undefined, { host: "inside.example" });
  const company = await companyProxy(t);
  const opened = await open(t, [`inside.example:${port}`], undefined, { parentEnv: { https_proxy: company.url } });
  const headers = { Authorization: `Bearer ${opened.key}` };
  const reply = await send(opened, port, { host: "inside.example", headers });
  assert.equal(reply.status, 200);
  assert.equal(seen[0]!.headers.authorization, `Bearer ${VALUE}`);
  const authorization = `Basic ${Buffer.from("me:p@ss").toString("base64")}`;
  assert.deepEqual(company.asked, [{ authority: `inside.example:${port}`, authorization }]);
});

test("S131 through the person's proxy, a server whose certificate is not valid gets nothing", async (t) => {
  const { port, seen } = await serve(t, undefined, { host: "other.example" });
  const company = await companyProxy(t);
  const opened = await open(t, [`inside.example:${port}`], undefined, { parentEnv: { HTTPS_PROXY: company.url } });
  const reply = await send(opened, port, { host: "inside.example", headers: { Authorization: opened.key } });
  assert.deepEqual([reply.status, seen.length], [502, 0]);
});

test("tunnels to other hosts go through the person's proxy as well, and not to those that NO_PROXY names", async (t) => {
  const { port } = await serve(t);
  const company = await companyProxy(t);
  const parentEnv = { HTTPS_PROXY: company.url, NO_PROXY: "direct.example" };
  const opened = await open(t, ["localhost:1"], undefined, { parentEnv });
  assert.equal((await send(opened, port)).status, 200);
  assert.equal(company.asked.length, 1);
  assert.equal(opened.env.NO_PROXY, "");
  const exempt = await open(t, ["localhost:1"], undefined, { parentEnv: { ...parentEnv, NO_PROXY: "localhost" } });
  assert.equal((await send(exempt, port)).status, 200);
  assert.equal(company.asked.length, 1);
});

test("a proxy that refuses is an answer, not a hanging request", async (t) => {
  const company = await companyProxy(t, 403);
  const opened = await open(t, ["inside.example"], undefined, { parentEnv: { HTTPS_PROXY: company.url } });
  const socket = await secureTunnel(opened, "inside.example", 443);
  socket.write("GET / HTTP/1.1\r\nHost: inside.example\r\nConnection: close\r\n\r\n");
  let text = "";
  for await (const chunk of socket) text += String(chunk);
  assert.match(text, /^HTTP\/1\.1 502 /);
});

test("the person's proxy is found as curl finds it", () => {
  const env = {
    https_proxy: "http://a:1",
    HTTPS_PROXY: "http://b:2",
    ALL_PROXY: "c:3",
    NO_PROXY: "x.example, .y.example:444 *.z",
  };
  const href = (host: string, port = 443, secure = true) => proxyFor(env, host, port, secure)?.href;
  assert.equal(href("a.example"), "http://a:1/");
  assert.equal(href("a.example", 80, false), "http://c:3/");
  for (const host of ["x.example", "sub.x.example", "b.z"]) assert.equal(href(host), undefined, host);
  assert.equal(href("y.example", 444), undefined);
  assert.equal(href("y.example", 443), "http://a:1/");
  assert.equal(href("notx.example"), "http://a:1/");
  assert.equal(proxyFor({ HTTPS_PROXY: "http://a:1", no_proxy: "*" }, "a.example", 443, true), undefined);
  assert.equal(proxyFor({}, "a.example", 443, true), undefined);
});
