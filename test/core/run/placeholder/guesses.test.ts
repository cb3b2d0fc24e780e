import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer, request } from "node:https";
import type { AddressInfo } from "node:net";
import { type TestContext, test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { toBase32 } from "./base32.ts";
import { connectStatus, open, secureTunnel, send, serve, testCa, VALUE } from "./proxied.ts";

const ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_";
/** What an attacker begins with, beside the issuer's prefix: enough that every further guess is told by a mask. */
const KNOWN = VALUE.slice(0, 14);
const RIGHT = VALUE.slice(2, 16);
const WRONG = `${VALUE.slice(2, 15)}${VALUE[15] === "a" ? "b" : "a"}`;

const hex = (text: string): string => Buffer.from(text).toString("hex");
const base64 = (text: string): string => Buffer.from(text).toString("base64");
const far = `\n${"The meeting was moved to the next week, and everybody agreed on it.\n".repeat(8)}`;

/** A server that says what it was sent, in the way that the path names. */
async function echo(t: TestContext, change: Readonly<Record<string, (body: string) => string>> = {}) {
  const { port, seen } = await serve(t, ({ url, body }, _request, response) =>
    response.end((change[url!] ?? ((text: string) => text))(body)),
  );
  const opened = await open(t, [`localhost:${port}`]);
  const post = async (body: string, path = "/", headers: Record<string, string> = {}) =>
    (await send(opened, port, { method: "POST", path, body, headers: { "content-type": "text/plain", ...headers } }))
      .body;
  return { opened, port, seen, post };
}

test("S390 guesses come back as they were sent, right or wrong, so that no mask tells which was right", async (t) => {
  const { opened, post } = await echo(t);
  for (const form of [(text: string) => text, hex, base64]) {
    for (const length of [6, 9, 12]) {
      const guesses = [...ALPHABET].map((next) => form(`${KNOWN}${next}`.slice(-length)));
      const body = guesses.map((guess, i) => `item ${i}: ${guess} done${far}`).join("");
      assert.equal(await post(body), body);
    }
  }
  assert.equal(opened.wasStopped(), false);
});

test("S390 the same with the value put into another place of the request, and with a whole guess", async (t) => {
  const { opened, post, seen } = await echo(t);
  const body = `${RIGHT} ${far} ${WRONG} ${far} ${VALUE}`;
  assert.equal(await post(body, "/", { authorization: `Bearer ${opened.key}` }), body);
  assert.equal(seen[0]!.headers.authorization, `Bearer ${VALUE}`);
});

test("S390 a guess that the server decodes, encodes or escapes comes back too", async (t) => {
  const { opened, post } = await echo(t, {
    "/form": (body) => decodeURIComponent(body.slice(2)),
    "/json": (body) => (JSON.parse(body) as { q: string }).q,
    "/quoted": (body) => JSON.stringify({ message: `No such customer: ${body}` }),
    "/unpack": (body) => Buffer.from(body, "base64").toString(),
    "/pack": base64,
    "/hex": hex,
    "/html": (body) => `<p>${[...body].map((char) => `&#${char.charCodeAt(0)};`).join("")}</p>`,
    "/upper": (body) => body.toUpperCase(),
  });
  const percent = (text: string): string => hex(text).replace(/../g, "%$&");
  const escaped = (text: string): string => `{"q":"${hex(text).replace(/../g, "\\u00$&")}"}`;
  for (const guess of [RIGHT, WRONG]) {
    assert.equal(await post(`q=${percent(guess)}`, "/form"), guess);
    assert.equal(await post(escaped(guess), "/json"), guess);
    assert.equal(await post(guess, "/quoted"), `{"message":"No such customer: ${guess}"}`);
    assert.equal(await post(base64(guess), "/unpack"), guess);
    assert.equal(await post(guess, "/pack"), base64(guess));
    assert.equal(await post(guess, "/hex"), hex(guess));
    assert.equal(await post(guess, "/upper"), guess.toUpperCase());
    assert.match(await post(guess, "/html"), /^<p>&#.*<\/p>$/);
  }
  assert.equal(opened.wasStopped(), false);
});

test("S390 a guess that a server keeps comes back in a later answer as it was sent", async (t) => {
  const kept: string[] = [];
  const { port } = await serve(t, ({ method, body }, _request, response) => {
    if (method === "POST") kept.push(body);
    response.end(kept.join(far));
  });
  const opened = await open(t, [`localhost:${port}`]);
  for (const body of [`name=${RIGHT}`, `name=${WRONG}`]) await send(opened, port, { method: "POST", body });
  assert.equal((await send(opened, port)).body, kept.join(far));
});

test("S390 a guess right beside the value comes back as it was sent, and the value does not", async (t) => {
  const { port } = await serve(t, ({ url, headers }, _request, response) => {
    response.setHeader("Location", url!);
    response.end(`${url} ${headers.authorization}`);
  });
  const opened = await open(t, [`localhost:${port}`], ["query:key", "header:authorization"]);
  for (const guess of [RIGHT, WRONG]) {
    const path = `/?key=${opened.key}&=${guess}&_=${VALUE.slice(0, 12)}`;
    const reply = await send(opened, port, { path, headers: { authorization: `${opened.key}.${guess}` } });
    const shown = path.replace(opened.key, "[redacted:KEY]");
    assert.equal(reply.headers.location, shown);
    assert.equal(reply.body, `${shown} [redacted:KEY].${guess}`);
  }
  assert.equal(opened.wasStopped(), false);
});

test("S390 a guess comes back while its request is still being sent", async (t) => {
  const server = createServer((await testCa()).issue("localhost"), (incoming, response) => incoming.pipe(response));
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  t.after(() => {
    server.closeAllConnections();
    server.close();
  });
  const { port } = server.address() as AddressInfo; // a TCP server's address is no string
  const opened = await open(t, [`localhost:${port}`]);
  const socket = await secureTunnel(opened, "localhost", port);
  const outgoing = request({ createConnection: () => socket, method: "POST", host: "localhost", port });
  outgoing.write(`${RIGHT}${far}`);
  const [incoming] = await once(outgoing, "response");
  let text = "";
  for await (const chunk of incoming) {
    text += String(chunk);
    if (text.length > 300) break;
  }
  outgoing.destroy();
  socket.destroy();
  assert.ok(text.startsWith(RIGHT), text.slice(0, 40));
});

test("S390 what a server says of the value beyond what was sent stays masked, in an answer with guesses too", async (t) => {
  const { opened, post } = await echo(t, {
    "/both": (body) => `${body}${far}${VALUE}${far}${VALUE.slice(0, 22)}`,
  });
  // Guesses and every short piece that there is: none of them makes an answer's own text one that was sent.
  const pieces = [...ALPHABET].flatMap((one) => [...ALPHABET].map((other) => one + other)).join(" ");
  const body = `${RIGHT} ${KNOWN} ${base64(KNOWN)} ${far}${pieces}`;
  assert.equal(await post(body, "/both"), `${body}${far}[redacted:KEY]${far}[redacted:KEY]`);
  assert.equal(opened.wasStopped(), false);
});

test("S391 a value in pieces over several headers, names of headers, and the status line is masked", async (t) => {
  const cut = (text: string, size: number): string[] => text.match(new RegExp(`.{1,${size}}`, "g"))!;
  const named = (url: string, i: number, piece: string): [string, string] =>
    url === "/names" ? [piece, "x"] : [`X-P${i}`, piece];
  const { port } = await serve(t, ({ headers, url }, _request, response) => {
    const value = headers.authorization!.slice(7);
    const pieces = cut(url === "/status" ? value.slice(10) : value, 10);
    if (url === "/cookies") response.setHeader("Set-Cookie", cut(value, 8));
    else for (const [i, piece] of pieces.entries()) response.setHeader(...named(url!, i, piece));
    if (url === "/status") response.statusMessage = value.slice(0, 10);
    response.setHeader("X-Other", "kept");
    response.end("fine");
  });
  for (const path of ["/values", "/names", "/cookies", "/status"]) {
    // Each with a proxy of its own: pieces end it.
    const opened = await open(t, [`localhost:${port}`]);
    const reply = await send(opened, port, { path, headers: { authorization: `Bearer ${opened.key}` } });
    for (const piece of [...cut(VALUE, 10).slice(1), ...cut(VALUE, 8).slice(1)]) {
      assert.ok(!reply.all.includes(piece.slice(0, 8)) || piece.length < 8, `${path}: ${reply.all}`);
    }
    if (path !== "/names") assert.equal(reply.headers["x-other"], "kept");
    assert.equal(reply.body, "fine");
  }
});

test("S391 a value in pieces over the strings of a JSON text is masked, and the rest stays byte for byte", async (t) => {
  const pieces = (value: string): string[] => value.match(/.{1,6}/g)!;
  const shapes: Readonly<Record<string, (value: string) => unknown>> = {
    "/list": pieces,
    "/rows": (value) => pieces(value).map((x, i) => ({ i, x })),
    "/named": (value) => pieces(value).map((x, i) => ({ id: `row ${i}`, x, note: "some text" })),
    "/names": (value) => Object.fromEntries(pieces(value).map((x) => [x, 1])),
  };
  const rest = `\n{"caf\u00e9": [1.50, "\\u00e9"]}`;
  const { port } = await serve(t, ({ headers, url }, _request, response) => {
    response.setHeader("Content-Type", "application/json; charset=utf-8");
    const text = JSON.stringify(shapes[url!]!(headers.authorization!.slice(7)));
    response.end(text + rest);
  });
  for (const path of Object.keys(shapes)) {
    const opened = await open(t, [`localhost:${port}`]);
    const { body } = await send(opened, port, { path, headers: { authorization: `Bearer ${opened.key}` } });
    assert.match(body, /\[redacted:KEY\]/, path);
    for (const piece of pieces(VALUE).slice(1)) assert.ok(!body.includes(piece), `${path}: ${body}`);
    // The redactor itself finds a bare list, as lines, and takes more with it.
    if (path !== "/list") assert.ok(Buffer.from(body, "latin1").toString().endsWith(rest), body);
  }
});

test("JSON texts that follow each other come as they are sent, and one that is very large is not held back", async (t) => {
  const large = `{"a":"${"x".repeat(2_000_000)}"}`;
  const { port } = await serve(t, async ({ url }, _request, response) => {
    response.setHeader("Content-Type", "application/json");
    if (url === "/large") return response.end(large);
    for (let n = 0; !response.destroyed; n++) {
      response.write(`{"event":${n},"text":"a } in \\"quotes\\""}\n`);
      await sleep(5);
    }
  });
  const opened = await open(t, [`localhost:${port}`]);
  assert.equal((await send(opened, port, { path: "/large" })).body, large);
  const socket = await secureTunnel(opened, "localhost", port);
  socket.write(`GET / HTTP/1.1\r\nHost: localhost:${port}\r\n\r\n`);
  let text = "";
  for await (const chunk of socket) {
    text += String(chunk);
    if (text.includes('"event":3')) break;
  }
  assert.match(text, /\{"event":0,"text":"a \} in \\"quotes\\""\}\r\n/);
});

test("S392 after three different parts of a value in answers the run's proxy ends, for every host", async (t) => {
  const { opened, port, post, seen } = await echo(t, { "/odd": toBase32 });
  const other = await serve(t);
  const proxyPort = Number(new URL(opened.proxy).port);
  const authorization = `Basic ${base64(`run:${new URL(opened.proxy).password}`)}`;
  const guess = (from: number): string => VALUE.slice(from, from + 15);
  // The same part again is no further one: honest servers repeat themselves.
  for (const from of [5, 5, 5, 0]) assert.equal(await post(guess(from), "/odd"), "[redacted:KEY]");
  assert.equal(opened.wasStopped(), false);
  assert.equal(await connectStatus(proxyPort, authorization, `localhost:${other.port}`), 200);
  await assert.rejects(post(guess(10), "/odd"), "the third one doesn't arrive");
  assert.equal(opened.wasStopped(), true);
  const requests = seen.length;
  await assert.rejects(post("anything"), "no new tunnel");
  assert.equal(await connectStatus(proxyPort, authorization, `localhost:${other.port}`), 403);
  assert.equal(await connectStatus(proxyPort, authorization, `localhost:${port}`), 403);
  assert.equal(seen.length, requests);
  assert.match(
    opened.report().remarks[0]!,
    /^answers held several parts of a value of KEY, .*: the run's proxy was ended$/,
  );
});

test("S392 a tunnel that was open before is refused with the reason, and parts in headers count", async (t) => {
  const { port } = await serve(t, ({ headers }, _request, response) => {
    response.setHeader("X-Odd", toBase32(String(headers["x-guess"] ?? "")));
    response.end("body");
  });
  const opened = await open(t, [`localhost:${port}`]);
  const early = await secureTunnel(opened, "localhost", port);
  for (const from of [0, 5]) await send(opened, port, { headers: { "x-guess": VALUE.slice(from, from + 15) } });
  const last = await send(opened, port, { headers: { "x-guess": VALUE.slice(10, 25) } });
  assert.deepEqual([last.status, last.headers["x-odd"]], [403, undefined]);
  const asked = request({ createConnection: () => early, host: "localhost", port });
  asked.end();
  const [reply] = await once(asked, "response");
  assert.equal(reply.statusCode, 403);
  let text = "";
  for await (const chunk of reply) text += String(chunk);
  early.destroy();
  assert.match(text, /answers held several parts of a value/);
});

test("whole values in answers are masked as often as they come, and end nothing", async (t) => {
  const { opened, post } = await echo(t, {
    "/all": () => [VALUE, hex(VALUE), base64(`u:${VALUE}`), encodeURIComponent(VALUE)].join(far),
  });
  for (let n = 0; n < 3; n++) assert.equal((await post("", "/all")).split("[redacted:KEY]").length, 5);
  assert.equal(opened.wasStopped(), false);
});
