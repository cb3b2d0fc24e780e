import assert from "node:assert/strict";
import { spawn, spawnSync } from "node:child_process";
import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, test } from "node:test";
import { type ShellRequest, ShellSessions } from "#core/run/shell-session.ts";
import { isVaultError } from "#core/vault-error.ts";
import { temporaryFolder } from "../../temporary-folder.ts";
import { API_KEY, CONTEXT, type Leased, leased } from "./leased.ts";
import { livingWith } from "./living.ts";

/** Shells whose prompt is known, as far as this machine has them. */
const SHELLS = ["bash", "zsh", "sh", "dash", "ksh"].filter((name) => spawnSync(name, ["-c", ":"]).status === 0);

const sessions = new ShellSessions();
afterEach(() => sessions.closeAll());

async function open(options: Partial<ShellRequest> = {}, vault: Leased = leased(), all = sessions): Promise<string> {
  const request = { client: "test", context: CONTEXT, cwd: tmpdir(), shell: "sh", ...options };
  return (await all.open(vault.deps, request)).id;
}

function newEnd(): {
  readonly promise: Promise<number | undefined>;
  readonly onEnd: (code: number | undefined) => void;
} {
  let onEnd: (code: number | undefined) => void = () => undefined;
  const promise = new Promise<number | undefined>((resolve) => {
    onEnd = resolve;
  });
  return { promise, onEnd };
}

for (const shell of SHELLS) {
  test(`${shell}: each input gives what it printed, without prompt and echo, and its exit code`, async () => {
    const id = await open({ shell });
    const steps: [string, string, number][] = [
      ["echo one; echo two >&2", "one\ntwo\n", 0],
      ["false", "", 1],
      ["printf 'no newline'", "no newline", 0],
      ["for i in 1 2\ndo\n  echo $i\ndone", "1\n2\n", 0],
      ["cat <<E\na\tb\nE", "a\tb\n", 0],
      ["echo 'hi!'", "hi!\n", 0],
      ["", "", 0],
      ["(exit 42)", "", 42],
    ];
    for (const [input, output, exitCode] of steps) {
      const result = await sessions.type(id, input);
      assert.deepEqual(
        [result.output, result.state, result.exitCode, result.untyped],
        [output, "prompt", exitCode, 0],
        input,
      );
    }
    const ended = await sessions.type(id, "exit 5");
    assert.deepEqual([ended.state, ended.exitCode], ["ended", 5]);
  });

  test(`${shell}: S21 a value in the output of env, in a loop and in what is typed is redacted`, async () => {
    const id = await open({ shell });
    const inputs = [
      "env | grep KEY",
      "for i in 1 2 3; do echo $API_KEY; done",
      `echo ${API_KEY}`,
      `: ${API_KEY}; sleep 0`,
    ];
    let count = 0;
    for (const input of inputs) {
      const result = await sessions.type(id, input);
      assert.equal(result.state, "prompt");
      assert.doesNotMatch(result.output, /sk_test|dp7dc/, input);
      count += result.redactions.API_KEY ?? 0;
    }
    assert.ok(count >= 5);
  });

  test(`${shell}: Ctrl-C ends what runs, and the prompt is back`, async () => {
    const id = await open({ shell });
    const running = await sessions.type(id, "sleep 60", { timeoutMs: 300 });
    assert.deepEqual([running.state, running.exitCode], ["timed-out", undefined]);
    const back = await sessions.type(id, "\u0003");
    assert.equal(back.state, "prompt");
    assert.equal((await sessions.type(id, "echo again")).output, "again\n");
  });
}

test("S26 a shell is approved as a shell, and its lease ends with it", async () => {
  const vault = leased();
  const id = await open({}, vault);
  assert.equal(vault.requests[0]?.action, "shell");
  assert.match(vault.requests[0]?.command ?? "", /^\S*\/sh$/);
  assert.ok(vault.handedOut.every((value) => value.every((byte) => byte === 0)));
  await sessions.type(id, "echo $API_KEY");
  assert.deepEqual(vault.events, ["lease"]);
  await sessions.close(id);
  assert.deepEqual(vault.events, ["lease", "settle"]);
  assert.deepEqual(vault.outcomes[0]?.outcome, "ended");
  assert.ok(vault.outcomes[0]!.redactions >= 1);
  assert.throws(
    () => sessions.type(id, "echo"),
    (error) => isVaultError(error, "argument-invalid"),
  );
});

test("a refused lease, a shell that isn't there and a folder outside open nothing", async () => {
  const before = sessions.list().length;
  await assert.rejects(open({}, leased({}, { refuse: true })), (error) => isVaultError(error, "denied-by-user"));
  for (const shell of ["no-such-shell", "./sh", "/etc/passwd", "bin/sh"]) {
    await assert.rejects(open({ shell }), (error) => isVaultError(error, "shell-not-found"), shell);
  }
  await assert.rejects(open({ cwd: "/", allowedRoots: [tmpdir()] }), (error) => isVaultError(error, "cwd-invalid"));
  assert.equal(sessions.list().length, before);
});

test("wait_for ends the wait when its text comes, and later output comes with the next result", async () => {
  const id = await open();
  const seen = join(temporaryFolder("ov-shell-"), "seen");
  const first = await sessions.type(
    id,
    `echo listening on 3000; until [ -e ${seen} ]; do sleep 0.05; done; echo late`,
    {
      waitFor: "listening on *\n",
    },
  );
  assert.deepEqual([first.state, first.output], ["matched", "listening on 3000\n"]);
  writeFileSync(seen, "");
  const next = await sessions.type(id, undefined);
  assert.deepEqual([next.state, next.output], ["prompt", "late\n"]);
});

test("S28 wait_for sees redacted text only, so that it can't be used to guess a value", async () => {
  const id = await open();
  const guess = await sessions.type(id, "echo key=$API_KEY; echo end; sleep 60", {
    waitFor: "sk_test*end",
    timeoutMs: 700,
  });
  assert.equal(guess.state, "timed-out");
  await sessions.type(id, "\u0003");
  const honest = await sessions.type(id, "echo key=$API_KEY; echo end; sleep 60", {
    waitFor: "key=[redacted:API_KEY]*end\n",
  });
  assert.equal(honest.state, "matched");
  await sessions.close(id);
});

test("a program that asks gets its answer, and lines wait while an earlier one runs", async () => {
  const id = await open();
  const asked = await sessions.type(id, 'printf "Name: "; read x', { waitFor: "Name:" });
  assert.equal(asked.state, "matched");
  assert.equal((await sessions.type(id, "Ada")).state, "prompt");
  assert.equal((await sessions.type(id, "echo [$x]")).output, "[Ada]\n");
  const stuck = await sessions.type(id, "sleep 60\necho never", { timeoutMs: 300 });
  assert.deepEqual([stuck.state, stuck.untyped], ["timed-out", 1]);
  const half = await sessions.type(id, "\u0003");
  assert.equal(half.state, "prompt");
  const open2 = await sessions.type(id, "if true");
  assert.equal(open2.state, "continuation");
  assert.equal((await sessions.type(id, "then echo yes; fi")).output, "yes\n");
});

test("a shell whose prompt is not known gives what it printed until it is quiet", async () => {
  const id = await open({ shell: "cat" });
  // Where the machine is busy, it is quiet once more before cat answers the terminal's echo.
  const results = [await sessions.type(id, "hello")];
  const shown = (): string => results.map(({ output }) => output).join("");
  while (shown().length < "hello\nhello\n".length) results.push(await sessions.type(id, undefined));
  assert.equal(shown(), "hello\nhello\n");
  for (const { state, exitCode } of results) assert.deepEqual([state, exitCode], ["quiet", undefined]);
  assert.equal((await sessions.type(id, "\u0004")).state, "ended");
});

test("two sessions keep their values and their state apart", async () => {
  const [a, b] = [
    await open({}, leased({ A: "value-of-session-a-111" })),
    await open({}, leased({ B: "value-of-session-b-222" })),
  ];
  await sessions.type(a, "x=1; cd /");
  assert.equal((await sessions.type(b, 'echo "[$x][$A]"')).output, "[][]\n");
  assert.equal((await sessions.type(a, 'echo "[$x][$A][$B]"')).output, "[1][[redacted:A]][]\n");
  assert.equal((await sessions.type(a, "pwd")).output, "/\n");
});

test("one input at a time", async () => {
  const id = await open();
  const first = sessions.type(id, "sleep 0.2");
  await assert.rejects(sessions.type(id, "echo"), (error) => isVaultError(error, "argument-invalid"));
  assert.equal((await first).state, "prompt");
});

test("a cancelled wait leaves the shell as it is", async () => {
  const id = await open();
  const go = join(temporaryFolder("ov-shell-"), "go");
  const command = `until [ -e ${go} ]; do sleep 0.05; done; echo end`;
  await assert.rejects(sessions.type(id, command, {}, AbortSignal.timeout(100)), (error) =>
    isVaultError(error, "cancelled"),
  );
  writeFileSync(go, "");
  assert.equal((await sessions.type(id, undefined)).output, "end\n");
});

test("a terminal that shows the session gets redacted bytes without marks, and what a person types there counts", async () => {
  const shown: Buffer[] = [];
  const id = await open({ onData: (bytes) => shown.push(Buffer.from(bytes)) });
  sessions.write(id, Buffer.from("echo person $API_KEY\r"));
  const result = await sessions.type(id, undefined, { waitFor: "person *\n" });
  assert.equal(result.output, "person [redacted:API_KEY]\n");
  sessions.write(id, Buffer.from("half a li"));
  assert.equal((await sessions.type(id, "echo whole")).output, "whole\n", "what was begun is erased first");
  await sessions.close(id);
  const text = Buffer.concat(shown).toString();
  assert.match(text, /\(shop\/dev\) \$ echo person \$API_KEY\r\nperson \[redacted:API_KEY\]\r\n/);
  assert.doesNotMatch(text, /6973|sk_test/);
});

test("a resize reaches the shell", async () => {
  const id = await open({ cols: 90, rows: 30 });
  assert.equal((await sessions.type(id, "stty size")).output, "30 90\n");
  sessions.resize(id, 133, 43);
  assert.equal((await sessions.type(id, "stty size")).output, "43 133\n");
  sessions.resize(id, 0, -1);
  assert.equal((await sessions.type(id, "stty size")).output, "43 133\n");
});

test("long output keeps its beginning and end", async () => {
  const id = await open();
  const result = await sessions.type(id, "seq 20000");
  assert.ok(result.truncated && result.output.length < 70_000);
  assert.match(result.output, /^1\n2\n[\s\S]*bytes left out[\s\S]*\n20000\n$/);
});

test("S22 closing ends the shell, its jobs, and what left its session", async () => {
  const id = await open({ shell: SHELLS[0]! });
  const marker = (await sessions.type(id, "echo $OV_RUN")).output.trim();
  assert.match(marker, /^[0-9a-f]{24}$/);
  await sessions.type(id, "trap '' HUP; sleep 60 & setsid sleep 61 &\n(trap '' HUP TERM; sleep 62) &");
  while (livingWith(marker).length < 4) await new Promise((resolve) => setTimeout(resolve, 10));
  await sessions.close(id);
  assert.deepEqual(livingWith(marker), []);
});

test("S22 what a shell leaves behind when it exits by itself is ended", async () => {
  const ended = newEnd();
  const id = await open({ onEnd: ended.onEnd });
  const marker = (await sessions.type(id, "echo $OV_RUN")).output.trim();
  assert.equal((await sessions.type(id, "setsid sleep 60 >/dev/null 2>&1 </dev/null &\nexit 9")).exitCode, 9);
  assert.equal(await ended.promise, 9);
  assert.deepEqual(livingWith(marker), []);
});

test("a session in which nothing is typed is ended", async () => {
  const short = new ShellSessions({ idleMs: 2_000 });
  const ended = newEnd();
  const vault = leased();
  const id = await open({ onEnd: ended.onEnd }, vault, short);
  await short.type(id, "echo busy");
  await ended.promise;
  assert.deepEqual([short.list(), vault.events], [[], ["lease", "settle"]]);
});

test("at most eight shells are open, and all end at lock", async () => {
  const many = new ShellSessions();
  await Promise.all(Array.from({ length: 8 }, () => open({}, leased(), many)));
  await assert.rejects(open({}, leased(), many), (error) => isVaultError(error, "limit-exceeded"));
  await many.closeAll();
  assert.deepEqual(many.list(), []);
  await open({}, leased(), many);
  await many.closeAll();
});

test("S27 no other child inherits a session's terminal, and its host holds no value", async () => {
  const first = await open();
  const second = await open();
  const list = "ls -l /dev/fd/ /proc/self/fd/ 2>/dev/null | grep -c ptmx";
  assert.equal((await sessions.type(second, list)).output, "0\n");
  const child = spawnSync("sh", ["-c", list], { stdio: "pipe" });
  assert.equal(child.stdout.toString(), "0\n");
  await sessions.type(first, "echo $API_KEY");
  const holders = livingWith(API_KEY);
  assert.ok(holders.length >= 1);
  if (existsSync("/proc/self/environ")) {
    for (const pid of readdirSync("/proc").filter((name) => /^\d+$/.test(name))) {
      const text = (file: string): string => {
        try {
          return readFileSync(`/proc/${pid}/${file}`, "latin1");
        } catch {
          return "";
        }
      };
      assert.ok(!text("cmdline").includes(API_KEY));
      if (text("cmdline").includes("pty-host")) assert.ok(!text("environ").includes(API_KEY));
    }
  }
});

test("when the serving process is gone, its shells end", async () => {
  const script = `
    import { ShellSessions } from "#core/run/shell-session.ts";
    import { leased, CONTEXT } from "./leased.ts";
    const all = new ShellSessions();
    const { id } = await all.open(leased().deps, { client: "test", context: CONTEXT, cwd: "/", shell: "sh" });
    console.log((await all.type(id, "echo $OV_RUN; sleep 60 & setsid sleep 61 &")).output.trim().split("\\n")[0]);`;
  const server = spawn(process.execPath, ["--input-type=module-typescript", "-e", script], {
    cwd: import.meta.dirname,
    stdio: ["ignore", "pipe", "inherit"],
  });
  const marker = await new Promise<string>((resolve) =>
    server.stdout.once("data", (data) => resolve(String(data).trim())),
  );
  assert.ok(livingWith(marker).length > 0);
  server.kill("SIGKILL");
  while (livingWith(marker).length > 0) await new Promise((resolve) => setTimeout(resolve, 20));
});
