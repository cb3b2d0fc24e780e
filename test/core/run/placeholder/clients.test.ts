import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { mkdtempSync, realpathSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { findProgram } from "#core/run/find-program.ts";
import { type Opened, open, serve, VALUE } from "./proxied.ts";

interface Client {
  readonly out: string;
  readonly opened: Opened;
}

/** Answers with what it got, as a debugging endpoint of a real service does. */
function echo(t: TestContext) {
  return serve(t, ({ url, headers, body }, _request, response) => {
    response.setHeader("Content-Type", "application/json");
    response.end(JSON.stringify({ url, authorization: headers.authorization, body }));
  });
}

/** Runs a program as a run would: with the placeholder, the proxy and the certificates in its environment. */
async function runClient(opened: Opened, file: string, args: readonly string[], cwd = tmpdir()): Promise<Client> {
  const { PATH, HOME } = process.env;
  const env = { PATH, HOME, ...opened.env };
  const out = await new Promise<string>((resolve, reject) => {
    execFile(file, [...args], { env, cwd, timeout: 30_000 }, (error, stdout, stderr) => {
      if (error === null) resolve(stdout);
      else reject(new Error(`${file}: ${error.message}\n${stdout}${stderr}`));
    });
  });
  return { out, opened };
}

/** A client that is not installed is named; the others stand for it. */
function installed(t: TestContext, name: string): string | undefined {
  const file = findProgram(name, process.env.PATH, "/");
  if (file === undefined) t.diagnostic(`${name} is not installed`);
  return file;
}

function assertWorked({ out, opened }: Client, received: string | undefined, expected: string): void {
  assert.equal(received, expected);
  assert.ok(!out.includes(VALUE.slice(8)), out);
  assert.match(out, /\[redacted:KEY\]/);
  assert.deepEqual(Object.keys(opened.report().used), ["KEY"]);
}

test("S138 Node's fetch and https send the value and get it back masked", async (t) => {
  const { port, seen } = await echo(t);
  const opened = await open(t, [`localhost:${port}`]);
  const url = `https://localhost:${port}/a`;
  const byFetch = `fetch("${url}", { headers: { Authorization: "Bearer " + process.env.KEY } }).then((r) => r.text()).then(console.log)`;
  assertWorked(
    await runClient(opened, process.execPath, ["-e", byFetch]),
    seen[0]?.headers.authorization,
    `Bearer ${VALUE}`,
  );
  const byHttps = `require("https").get("${url}", { auth: "me:" + process.env.KEY }, (r) => r.pipe(process.stdout))`;
  const basic = `Basic ${Buffer.from(`me:${VALUE}`).toString("base64")}`;
  assertWorked(await runClient(opened, process.execPath, ["-e", byHttps]), seen[1]?.headers.authorization, basic);
});

test("S138 curl sends the value in a header, as a password and in a form, and gets it back masked", async (t) => {
  const curl = installed(t, "curl");
  if (curl === undefined) return;
  const { port, seen } = await echo(t);
  const opened = await open(t, [`localhost:${port}`], ["header:authorization", "body:secret", "query:key"]);
  const url = `https://localhost:${port}/`;
  const header = ["-sSf", "-H", `Authorization: Bearer ${opened.key}`, url];
  assertWorked(await runClient(opened, curl, header), seen[0]?.headers.authorization, `Bearer ${VALUE}`);
  const basic = `Basic ${Buffer.from(`me:${VALUE}`).toString("base64")}`;
  assertWorked(
    await runClient(opened, curl, ["-sSf", "-u", `me:${opened.key}`, url]),
    seen[1]?.headers.authorization,
    basic,
  );
  const form = ["-sSf", "--compressed", "--data-urlencode", `secret=${opened.key}`, url];
  assertWorked(await runClient(opened, curl, form), seen[2]?.body, `secret=${VALUE}`);
  const query = ["-sSfG", "--data-urlencode", `key=${opened.key}`, url];
  assertWorked(await runClient(opened, curl, query), seen[3]?.url, `/?key=${VALUE}`);
});

test("S138 Python's urllib, and requests where it is installed, send the value and get it back masked", async (t) => {
  const python = installed(t, "python3");
  if (python === undefined) return;
  const { port, seen } = await echo(t);
  const opened = await open(t, [`localhost:${port}`]);
  const head = `import os, urllib.request\nurl = "https://localhost:${port}/"\nh = {"Authorization": "Bearer " + os.environ["KEY"]}\n`;
  const urllib = `${head}print(urllib.request.urlopen(urllib.request.Request(url, headers=h)).read().decode())`;
  assertWorked(await runClient(opened, python, ["-c", urllib]), seen[0]?.headers.authorization, `Bearer ${VALUE}`);
  const requests = `${head}
try:
  import requests
  print(requests.get(url, headers=h).text)
except ImportError:
  print(urllib.request.urlopen(urllib.request.Request(url, headers=h)).read().decode())`;
  assertWorked(await runClient(opened, python, ["-c", requests]), seen[1]?.headers.authorization, `Bearer ${VALUE}`);
});

test("S138 git fetches over https with the placeholder as its password", async (t) => {
  const git = installed(t, "git");
  if (git === undefined) return;
  const folder = realpathSync(mkdtempSync(join(tmpdir(), "ov-test-")));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  const basic = `Basic ${Buffer.from(`token:${VALUE}`).toString("base64")}`;
  const { port, seen } = await serve(t, ({ url, headers }, _request, response) => {
    if (headers.authorization !== basic) {
      return response.writeHead(401, { "WWW-Authenticate": 'Basic realm="x"' }).end(`no: ${headers.authorization}`);
    }
    // The "dumb" protocol: an empty repository with one branch that is not there yet.
    if (url!.startsWith("/repo.git/info/refs")) return response.end("");
    response.writeHead(404).end(`no ${headers.authorization}`);
  });
  const opened = await open(t, [`localhost:${port}`]);
  const url = `https://token:${opened.key}@localhost:${port}/repo.git`;
  const { out } = await runClient(opened, git, ["-c", "credential.helper=", "ls-remote", url], folder);
  assert.equal(out, "");
  assert.ok(seen.some(({ headers }) => headers.authorization === basic));
  assert.deepEqual(Object.keys(opened.report().used), ["KEY"]);
});

test("S126 a program that writes down all that it has and all that it gets never had the value", async (t) => {
  const { port } = await serve(t, ({ rawHeaders }, _request, response) => {
    response.writeHead(307, { Location: `https://localhost/?${rawHeaders.join("&")}`, "X-All": rawHeaders.join(",") });
    response.end(`${JSON.stringify(rawHeaders)}${Buffer.from(rawHeaders.join()).toString("base64")}`);
  });
  const opened = await open(t, [`localhost:${port}`]);
  const script = `const { KEY } = process.env;
    fetch("https://localhost:${port}/", { redirect: "manual", headers: { Authorization: "Bearer " + KEY, "X-API-Key": KEY } })
      .then(async (r) => console.log(JSON.stringify([process.env, r.status, [...r.headers], await r.text()])))`;
  const { out } = await runClient(opened, process.execPath, ["-e", script]);
  const value = VALUE.slice(8);
  const forms = [value, Buffer.from(VALUE).toString("base64").slice(12, 30), [...value].reverse().join("")];
  for (const form of forms) assert.ok(!out.includes(form), form);
  assert.ok(out.includes(opened.key) && out.includes("[redacted:KEY]") && out.includes("307"));
});
