import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import { type AddressInfo, createServer as createSocketServer } from "node:net";
import { homedir, tmpdir } from "node:os";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { API_KEY } from "../leased.ts";
import { livingWith } from "../living.ts";
import { folderFor, withSandbox } from "./in-sandbox.ts";

test("a sandboxed child gets its arguments, environment and input, and its exit code is the result", (t) =>
  withSandbox(t, async (run) => {
    const result = await run('printf %s "$API_KEY" | tr a-z A-Z; echo; cat; echo err >&2; exit 7', {
      child: { stdin: Buffer.from("from stdin") },
    });
    assert.deepEqual([result.exitCode, result.out, result.err], [7, "[redacted:API_KEY]\nfrom stdin", "err\n"]);
    const words = ["", "a b", "it's", '"$HOME"', "$(touch x)", "-n", "*"];
    assert.equal((await run(["printf", "%s|", ...words])).out, words.map((word) => `${word}|`).join(""));
    assert.equal((await run("-x || echo fell through")).out, "fell through\n");
  }));

test("S120 a sandboxed child writes to its folder and its own temporary folder, and nowhere else", (t) =>
  withSandbox(t, async (run, cwd) => {
    const beside = folderFor(t);
    const places = [beside, homedir(), tmpdir(), "/tmp/claude", "/var/tmp", "/dev/shm", join(cwd, "..")];
    const probes = places.map((place) => `(mkdir -p ${place}; : > ${place}/ov-probe) 2>/dev/null;`);
    const { out } = await run(`${probes.join(" ")} echo mine > mine; echo $TMPDIR; : > $TMPDIR/x && echo ok`);
    const [temporary, ok] = out.trim().split("\n");
    assert.equal(ok, "ok");
    assert.equal(readFileSync(join(cwd, "mine"), "utf8"), "mine\n");
    for (const place of places) assert.ok(!existsSync(join(place, "ov-probe")), place);
    assert.ok(!existsSync(temporary!), "the temporary folder is gone after the run");
  }));

test("S120 a link in the folder leads nowhere that could be written to", (t) =>
  withSandbox(t, async (run) => {
    const beside = folderFor(t);
    writeFileSync(join(beside, "file"), "before");
    const result = await run(`ln -s ${beside}/file link; echo after > link`);
    assert.notEqual(result.exitCode, 0);
    assert.equal(readFileSync(join(beside, "file"), "utf8"), "before");
  }));

test("S121 hooks and editor tasks of the project, which run outside later, can't be written", (t) =>
  withSandbox(t, async (run, cwd) => {
    for (const folder of [".git/hooks", ".vscode"]) mkdirSync(join(cwd, folder), { recursive: true });
    writeFileSync(join(cwd, ".git/config"), "[core]\n");
    await run("echo x > .git/hooks/post-commit; echo x >> .git/config; echo x > .vscode/tasks.json; mv .vscode moved");
    assert.deepEqual(readdirSync(join(cwd, ".git/hooks")), []);
    assert.deepEqual(readdirSync(join(cwd, ".vscode")), []);
    assert.equal(readFileSync(join(cwd, ".git/config"), "utf8"), "[core]\n");
    assert.deepEqual(readdirSync(cwd).sort(), [".git", ".vscode"], "and nothing is left in the project");
  }));

async function listen(t: TestContext): Promise<number> {
  const server = createServer((_request, response) => response.end("reached\n"));
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  t.after(() => server.close());
  return (server.address() as AddressInfo).port; // a TCP server's address is no string
}

const get = (host: string, port: number, options = `--noproxy '' -x "$HTTP_PROXY"`): string =>
  `curl -s -m 5 ${options} http://${host}:${port}/ | grep -x reached || echo no;`;

test("S122 a sandboxed child reaches allowed hosts by its proxy, and no other host, port or address", (t) =>
  withSandbox(t, async (run) => {
    const port = await listen(t);
    const direct = get("127.0.0.1", port, "--noproxy '*'");
    const script = get("localhost", port) + get("127.0.0.1", port) + get("[::1]", port) + direct;
    assert.equal((await run(script, { hosts: [`localhost:${port}`] })).out, "reached\nno\nno\nno\n");
    assert.equal((await run(script, { hosts: [`localhost:${port + 1}`] })).out, "no\nno\nno\nno\n");
    assert.equal((await run(script, { hosts: [] })).out, "no\nno\nno\nno\n");
  }));

test("S122 two sandboxes at once have each their own hosts", (t) =>
  withSandbox(t, async (run) => {
    const port = await listen(t);
    const both = await Promise.all(
      ["localhost", "127.0.0.1"].map((host) => run(get("localhost", port) + get("127.0.0.1", port), { hosts: [host] })),
    );
    assert.deepEqual(
      both.map((result) => result.out),
      ["reached\nno\n", "no\nreached\n"],
    );
  }));

test("S123 a sandboxed child sees no process outside, so it can't read another run's environment", (t) =>
  withSandbox(t, async (run) => {
    if (!existsSync("/proc/self/environ")) return assert.equal(process.platform, "darwin");
    const other = spawn("sleep", ["30"], { env: { PATH: process.env.PATH, OTHER_SECRET: "outside-3f9a1c77" } });
    t.after(() => other.kill());
    assert.deepEqual(livingWith("outside-3f9a1c77"), [String(other.pid)], "from here it can be read");
    const result = await run("grep -a -l outside-3f9a1c77 /proc/[0-9]*/environ; echo end");
    assert.equal(result.out, "end\n");
    const own = await run("grep -a -l -c API_KEY /proc/[0-9]*/environ | wc -l");
    assert.ok(Number(own.out) > 0, "it can read those of its own run");
  }));

test("S123 nor can it see or signal the process that holds the vault", (t) =>
  withSandbox(t, async (run) => {
    const result = await run(
      `kill -0 ${process.pid} 2>/dev/null && tr '\\0' ' ' < /proc/${process.pid}/cmdline; echo end`,
    );
    assert.doesNotMatch(result.out, /node|test/);
  }));

test("S124 a sandboxed child opens no socket of the file system, such as that of an unlocked vault", (t) =>
  withSandbox(t, async (run, cwd) => {
    const socket = join(cwd, "agent.sock");
    const server = createSocketServer((connection) => connection.end("answered"));
    await new Promise<void>((resolve) => server.listen(socket, resolve));
    t.after(() => server.close());
    const script = `const s = require("net").connect(${JSON.stringify(socket)}); s.on("data", (d) => console.log(String(d))); s.on("error", (e) => console.log("refused"))`;
    const result = await run([process.execPath, "-e", script]);
    assert.equal(result.out, "refused\n");
  }));

test("when a sandboxed run is over or cancelled, no process of it is left", (t) =>
  withSandbox(t, async (run) => {
    const left = await run("(sleep 60 &) ; setsid sleep 61 & echo started");
    assert.equal(left.out, "started\n");
    assert.deepEqual(livingWith(left.marker), []);
    const late = await run("sleep 60", { child: { timeoutMs: 500 } });
    assert.ok(late.timedOut);
    assert.deepEqual(livingWith(late.marker), []);
  }));

test("what a sandboxed child prints is redacted like any other output", (t) =>
  withSandbox(t, async (run) => {
    const { out, redactions } = await run("env | grep ^API; echo and in base64; printf %s $API_KEY | base64");
    assert.ok(!out.includes(API_KEY));
    assert.equal(redactions.API_KEY, 2);
  }));
