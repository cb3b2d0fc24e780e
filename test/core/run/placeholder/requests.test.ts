import assert from "node:assert/strict";
import { test } from "node:test";
import { isVaultError } from "#core/vault-error.ts";
import { open, send, serve, VALUE } from "./proxied.ts";

test("S126 the child's environment holds a placeholder of the value's shape, and nothing of the value", async (t) => {
  const opened = await open(t, ["localhost:8443"]);
  assert.match(opened.key, /^sk_live_[A-Za-z0-9]{24}$/);
  assert.ok(!JSON.stringify(opened.env).includes(VALUE.slice(8)));
  for (const name of ["HTTPS_PROXY", "https_proxy"]) assert.equal(opened.env[name], opened.proxy);
  assert.equal(opened.env.NODE_USE_ENV_PROXY, "1");
});

test("S127 the value goes to an allowed host over TLS, and the run says that it was used", async (t) => {
  const { port, seen } = await serve(t);
  const opened = await open(t, [`localhost:${port}`]);
  assert.deepEqual(opened.report(), { used: {}, unused: ["KEY"], remarks: [] });
  const reply = await send(opened, port, { headers: { Authorization: `Bearer ${opened.key}` } });
  assert.deepEqual([reply.status, reply.body], [200, "ok"]);
  assert.equal(seen[0]!.headers.authorization, `Bearer ${VALUE}`);
  assert.deepEqual(opened.report(), { used: { KEY: 1 }, unused: [], remarks: [] });
});

test("S127 each secret goes to its own hosts only, also when another secret may go elsewhere", async (t) => {
  const one = await serve(t);
  const two = await serve(t);
  const secret = (name: string, value: string, port: number) => ({
    ...{ name, value: Buffer.from(value), allowedHosts: [`localhost:${port}`] },
    places: ["header:x-a", "header:x-b"],
  });
  const other = "another-value-7Gh2Kp9Qw4Zx1";
  const opened = await open(t, [], [], { secrets: [secret("KEY", VALUE, one.port), secret("OTHER", other, two.port)] });
  const headers = { "X-A": opened.key, "X-B": opened.env.OTHER! };
  await send(opened, one.port, { headers });
  await send(opened, two.port, { headers });
  assert.deepEqual([one.seen[0]!.headers["x-a"], one.seen[0]!.headers["x-b"]], [VALUE, opened.env.OTHER]);
  assert.deepEqual([two.seen[0]!.headers["x-a"], two.seen[0]!.headers["x-b"]], [opened.key, other]);
});

test("S127 a host or port that is not allowed gets the placeholder, in a tunnel that nobody opens", async (t) => {
  const { port, seen } = await serve(t);
  const opened = await open(t, ["localhost:1", "127.0.0.1", `other.localhost:${port}`]);
  const reply = await send(opened, port, { headers: { Authorization: `Bearer ${opened.key}` } });
  assert.equal(reply.status, 200);
  assert.equal(seen[0]!.headers.authorization, `Bearer ${opened.key}`);
  assert.deepEqual(opened.report().unused, ["KEY"]);
});

test("S128 the value is put where the secret allows it and nowhere else", async (t) => {
  const { port, seen } = await serve(t);
  const opened = await open(t, [`localhost:${port}`], ["query:key", "body:auth.token"]);
  const body = JSON.stringify({ auth: { token: opened.key }, note: opened.key });
  const headers = {
    "Content-Type": "application/json",
    "Content-Length": String(body.length),
    Authorization: opened.key,
  };
  const path = `/${opened.key}?key=${opened.key}&q=${opened.key}`;
  await send(opened, port, { method: "POST", path, headers, body });
  assert.equal(seen[0]!.url, `/${opened.key}?key=${VALUE}&q=${opened.key}`);
  assert.deepEqual(JSON.parse(seen[0]!.body), { auth: { token: VALUE }, note: opened.key });
  assert.equal(Number(seen[0]!.headers["content-length"]), seen[0]!.body.length);
  assert.equal(seen[0]!.headers.authorization, opened.key);
  assert.deepEqual(opened.report().remarks.toSorted(), [
    "KEY stood in the JSON field note, where it isn't allowed",
    "KEY stood in the field q of the query, where it isn't allowed",
    "KEY stood in the header authorization, where it isn't allowed",
    "KEY stood in the path of a URL, where it isn't allowed",
  ]);
});

test("Basic authentication and a form get the value", async (t) => {
  const { port, seen } = await serve(t);
  const opened = await open(t, [`localhost:${port}`], ["header:authorization", "body:client_secret"]);
  const basic = (password: string) => `Basic ${Buffer.from(`me:${password}`).toString("base64")}`;
  const headers = { Authorization: basic(opened.key), "Content-Type": "application/x-www-form-urlencoded" };
  await send(opened, port, { method: "POST", headers, body: `a=b&client_secret=${opened.key}` });
  assert.equal(seen[0]!.headers.authorization, basic(VALUE));
  assert.equal(seen[0]!.body, `a=b&client_secret=${VALUE}`);
});

test("a body that is not looked into arrives byte for byte, also a large one in chunks", async (t) => {
  const { port, seen } = await serve(t);
  const opened = await open(t, [`localhost:${port}`], ["body:x"]);
  const body = Buffer.from(Array.from({ length: 300_000 }, (_, n) => (n * 7) % 256));
  await send(opened, port, { method: "PUT", body, headers: { "Content-Type": "application/octet-stream" } });
  await send(opened, port, { method: "PUT", body, headers: { "Transfer-Encoding": "chunked" } });
  for (const one of seen) assert.ok(Buffer.from(one.body, "latin1").equals(body));
  assert.equal(seen[1]!.headers["transfer-encoding"], "chunked");
});

test("a JSON body that is too large to be looked into is refused, and nothing is sent", async (t) => {
  const { port, seen } = await serve(t);
  const opened = await open(t, [`localhost:${port}`], ["body:x"]);
  const body = JSON.stringify({ x: opened.key, filler: "f".repeat(9 * 1024 * 1024) });
  const headers = { "Content-Type": "application/json", "Content-Length": String(body.length) };
  const refused = send(opened, port, { method: "POST", body, headers }).then(
    (reply) => reply.status,
    // The proxy closes while the client still sends.
    (error: NodeJS.ErrnoException) => error.code,
  );
  assert.ok([413, "EPIPE", "ECONNRESET"].includes((await refused) as string | number));
  assert.equal(seen.length, 0);
});

test("a secret without a usable host or place, or one that is no text, is refused before anything is started", async (t) => {
  const secret = { name: "KEY", value: Buffer.from(VALUE), allowedHosts: ["localhost"] };
  const bad = [
    [{ ...secret, allowedHosts: [] }, "argument-invalid"],
    [{ ...secret, allowedHosts: ["https://api.example.com"] }, "argument-invalid"],
    [{ ...secret, allowedHosts: ["*"] }, "argument-invalid"],
    [{ ...secret, places: ["header:host"] }, "argument-invalid"],
    [{ ...secret, value: Buffer.from([0xff, 0xfe, 0xfd]) }, "value-invalid"],
  ] as const;
  for (const [one, code] of bad) {
    await assert.rejects(open(t, [], [], { secrets: [one] }), (error) => {
      assert.ok(isVaultError(error, code), String(error));
      return !error.message.includes(VALUE);
    });
  }
});
