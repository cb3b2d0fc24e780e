import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { test } from "node:test";
import { openPty } from "#core/run/pty.ts";
import { livingWith } from "./living.ts";

const FIXTURE = join(import.meta.dirname, "fixtures", "terminal-run.ts");
const env = { PATH: process.env.PATH ?? "", HOME: tmpdir(), TERM: "xterm" };

interface Screen {
  shown(): string;
  readonly pty: Awaited<ReturnType<typeof openPty>>;
  /** Waits until the terminal shows it. */
  see(what: string | RegExp): Promise<void>;
}

async function onTerminal(...words: readonly string[]): Promise<Screen> {
  let all = "";
  const pty = await openPty({
    ...{ file: process.execPath, args: [FIXTURE, ...words], cwd: tmpdir(), env, cols: 91, rows: 31 },
    onData: (bytes) => {
      // Node's raw mode leaves the outer terminal adding a second carriage return, which terminals don't show.
      all = (all + Buffer.from(bytes).toString()).replace(/\r+\n/g, "\r\n");
    },
  });
  const see = async (what: string | RegExp): Promise<void> => {
    const until = performance.now() + 120_000;
    while (typeof what === "string" ? !all.includes(what) : !what.test(all)) {
      assert.ok(performance.now() < until, `not seen in: ${all}`);
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
  };
  return { shown: () => all, pty, see };
}

async function onPipes(
  words: readonly string[],
  stdin = "",
): Promise<{ code: number | null; out: string; err: string }> {
  const child = spawn(process.execPath, [FIXTURE, ...words], { env, cwd: tmpdir() });
  child.stdin.on("error", () => undefined);
  child.stdin.end(stdin);
  const [out, err, code] = await Promise.all([
    text(child.stdout),
    text(child.stderr),
    new Promise<number | null>((resolve) => child.on("close", resolve)),
  ]);
  return { code, out, err };
}

test("on a terminal the command has a terminal of the same size, and its exit code is ours", async () => {
  const screen = await onTerminal("sh", "-c", "test -t 0 && test -t 1 && test -t 2 && stty size; exit 7");
  const exit = await screen.pty.exit;
  assert.match(screen.shown(), /^31 91\r\n/);
  assert.match(screen.shown(), /raw after: false/);
  assert.equal(exit.exitCode, 7);
});

test("S21 output on a terminal is redacted", async () => {
  const screen = await onTerminal("sh", "-c", "echo $API_KEY; env | grep ^API_KEY");
  await screen.pty.exit;
  assert.match(screen.shown(), /^\[redacted:API_KEY\]\r\nAPI_KEY=\[redacted:API_KEY\]\r\n/);
  assert.doesNotMatch(screen.shown(), /sk_test/);
  assert.doesNotMatch(screen.shown(), /"alarm"/);
});

test("S365 a dump of the environment on a terminal is told", async () => {
  const screen = await onTerminal("env");
  await screen.pty.exit;
  assert.match(screen.shown(), /"alarm":\{"dumped":true,"evasive":\[\]\}/);
  assert.doesNotMatch(screen.shown(), /sk_test/);
});

test("keys reach the command, Ctrl-C among them", async () => {
  const screen = await onTerminal("sh", "-c", "echo ready; read x; echo got $x; cat");
  await screen.see("ready\r\n");
  for (const key of "hello") {
    screen.pty.write(Buffer.from(key));
    await screen.see(new RegExp(`${key}$`));
  }
  screen.pty.write(Buffer.from("\r"));
  await screen.see("got hello\r\n");
  screen.pty.write(Buffer.from("\u0003"));
  assert.equal((await screen.pty.exit).exitCode, 130);
});

test("a resize of the terminal reaches the command", async () => {
  const screen = await onTerminal("sh", "-c", "trap 'stty size; exit' WINCH; echo ready; while :; do sleep 0.05; done");
  await screen.see("ready\r\n");
  screen.pty.resize(50, 20);
  await screen.pty.exit;
  assert.match(screen.shown(), /\r\n20 50\r\n/);
});

test("S22 what a command leaves behind on a terminal is ended", async () => {
  const screen = await onTerminal("sh", "-c", "echo $OV_RUN; trap '' HUP; setsid sleep 60 & sleep 61 & exit 0");
  await screen.pty.exit;
  const marker = /^[0-9a-f]{24}/.exec(screen.shown())?.[0];
  assert.ok(marker !== undefined);
  assert.deepEqual(livingWith(marker), []);
});

test("a program that is missing is an error on a terminal too, not output", async () => {
  for (const run of [await onTerminal("no-such-program-anywhere")]) {
    assert.equal((await run.pty.exit).exitCode, 1);
    assert.match(run.shown(), /command-not-found/);
  }
});

test("with pipes both streams stay separate, the input is passed on, and both are redacted", async () => {
  const { code, out, err } = await onPipes(
    ["sh", "-c", 'cat; echo "$API_KEY"; echo "e $API_KEY" >&2; exit 4'],
    "input\n",
  );
  assert.equal(code, 4);
  assert.match(out, /^input\n\[redacted:API_KEY\]\nresult: /);
  assert.equal(err, "e [redacted:API_KEY]\n");
});

test("with pipes a signal reaches the command, and its end by a signal is 128 and the number", async () => {
  const child = spawn(
    process.execPath,
    [FIXTURE, "sh", "-c", "trap 'echo caught' INT; echo ready; sleep 60 & wait; sleep 60"],
    {
      env,
      cwd: tmpdir(),
    },
  );
  child.stderr.resume();
  let out = "";
  child.stdout.on("data", (data) => {
    out += data;
    if (String(data).includes("ready")) child.kill("SIGINT");
    if (String(data).includes("caught")) child.kill("SIGTERM");
  });
  const code = await new Promise((resolve) => child.on("close", resolve));
  assert.match(out, /^ready\ncaught\n/);
  assert.equal(code, 143);
});

test("a reader that stops early ends the command", async () => {
  const child = spawn("sh", ["-c", `"${process.execPath}" "${FIXTURE}" yes | head -n 2`], { env, cwd: tmpdir() });
  assert.equal(await text(child.stdout), "y\ny\n");
});

test("without redaction, which the person has to prove they may switch off, values pass", async () => {
  const { out } = await onPipes(["--no-redact", "sh", "-c", "echo $API_KEY"]);
  assert.match(out, /^sk_test_/);
});
