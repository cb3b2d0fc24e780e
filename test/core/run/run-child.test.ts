import assert from "node:assert/strict";
import { readdirSync, readlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { compileMatcher, type Matcher } from "#core/redact/matcher.ts";
import { type ChildOptions, type ChildResult, runChild } from "#core/run/run-child.ts";
import { newRunMarker } from "#core/run/run-marker.ts";
import { decodeOutput } from "#core/run/run-with-secrets.ts";
import { isVaultError } from "#core/vault-error.ts";
import { temporaryFolder } from "../../temporary-folder.ts";
import { API_KEY } from "./leased.ts";
import { livingWith } from "./living.ts";

const NODE = process.execPath;
const fixture = (name: string): string => join(import.meta.dirname, "fixtures", name);

async function run(
  command: string | readonly string[],
  options: Partial<ChildOptions> = {},
  signal?: AbortSignal,
): Promise<ChildResult & { readonly out: string; readonly err: string; readonly survivors: readonly string[] }> {
  const marker = newRunMarker();
  const env = { PATH: process.env.PATH ?? "", API_KEY };
  const matcher = compileMatcher([{ name: "API_KEY", value: Buffer.from(API_KEY) }]);
  const result = await runChild({ command, cwd: tmpdir(), env, marker, matcher, ...options }, signal);
  return {
    ...result,
    out: decodeOutput(result.stdout),
    err: decodeOutput(result.stderr),
    survivors: livingWith(marker.id),
  };
}

test("a child that fails is a result, with both streams apart", async () => {
  const result = await run("echo out; echo err >&2; exit 3");
  assert.deepEqual([result.exitCode, result.out, result.err, result.signal], [3, "out\n", "err\n", undefined]);
  assert.deepEqual(
    [result.timedOut, result.cancelled, result.outputLimit, result.truncated],
    [false, false, false, false],
  );
});

test("a child that a signal ends has a signal and no exit code", async () => {
  const result = await run("kill -KILL $$");
  assert.deepEqual([result.exitCode, result.signal], [undefined, "SIGKILL"]);
});

test("when a run is over no timer of it is left, for which a process would wait", async () => {
  const timers = () => process.getActiveResourcesInfo().filter((name) => name === "Timeout").length;
  const before = timers();
  await run("true", { timeoutMs: 60_000 });
  assert.equal(timers(), before);
});

test("an array is passed as it is, without a shell", async () => {
  const result = await run(["printf", "%s|", "$API_KEY", "a b", "", "*", "; exit 9"]);
  assert.equal(result.out, "$API_KEY|a b||*|; exit 9|");
});

test("a command that begins with a dash is no option of the shell", async () => {
  const result = await run("-x || echo fell through");
  assert.equal(result.out, "fell through\n");
});

test("a program that is missing or can't be executed is refused, without the environment in the error", async () => {
  for (const command of [["no-such-program-anywhere"], ["./nothing"], [tmpdir()]]) {
    await assert.rejects(
      run(command),
      (error) =>
        isVaultError(error, "command-not-found") && error.cause === undefined && !error.message.includes(API_KEY),
    );
  }
  assert.equal((await run("no-such-program-anywhere")).exitCode, 127, "a shell ran, and says so itself");
});

test("S29 an environment that the system refuses is an error without a value in it", async () => {
  const env = { PATH: process.env.PATH ?? "", API_KEY: "sk_live_".repeat(400_000) };
  await assert.rejects(
    run(["true"], { env }),
    (error) =>
      isVaultError(error, "limit-exceeded") && !JSON.stringify(error).includes("sk_live_") && error.cause === undefined,
  );
});

test("standard input is given byte for byte and then closed", async () => {
  const stdin = Buffer.from([0, 1, 0xff, 10, 0x80, 0]);
  assert.deepEqual(Buffer.from((await run("cat", { stdin })).stdout), stdin);
  assert.equal((await run("cat; echo end")).out, "end\n", "without input a child reads nothing and does not wait");
});

test("a child that does not read its input, or closes it, is no error", async () => {
  const stdin = Buffer.alloc(5_000_000, "x");
  assert.equal((await run("exit 4", { stdin })).exitCode, 4);
  assert.equal((await run("exec 0<&-; sleep 0.1; exit 5", { stdin })).exitCode, 5);
});

test("a child that closes its output early goes on to its end", async () => {
  const result = await run("echo first; exec 1>&- 2>&-; sleep 0.2; exit 6");
  assert.deepEqual([result.exitCode, result.out], [6, "first\n"]);
});

test("invalid UTF-8 and NULs come through as bytes, and as U+FFFD in text", async () => {
  const result = await run("printf 'a\\000b\\377c\\303'");
  assert.deepEqual(Buffer.from(result.stdout), Buffer.from([97, 0, 98, 255, 99, 0xc3]));
  assert.equal(result.out, "a\0b\ufffdc\ufffd");
});

test("S21 a value split over two writes is redacted, on either stream", async () => {
  for (const stream of ["stdout", "stderr"]) {
    const result = await run([NODE, fixture("split-value.mjs"), stream, "2"]);
    assert.equal(result.out + result.err, "before [redacted:API_KEY] after\n");
    assert.deepEqual(result.redactions, { API_KEY: 1 });
  }
});

test("S21 a value printed one byte every 50 ms is redacted: nothing is released on a pause", async () => {
  const shown: string[] = [];
  const sink = (bytes: Uint8Array): void => void shown.push(Buffer.from(bytes).toString());
  await run([NODE, fixture("split-value.mjs"), "stdout", "bytes"], { sinks: { stdout: sink, stderr: sink } });
  assert.equal(shown.join(""), "before [redacted:API_KEY] after\n");
});

test("S21 values are redacted before the output is cut", async () => {
  const result = await run("for i in 1 2 3 4 5 6 7 8 9; do echo $API_KEY; done", { maxOutput: 60 });
  assert.ok(result.truncated);
  assert.doesNotMatch(result.out, /sk_test|dp7dc/);
  assert.deepEqual(result.redactions, { API_KEY: 9 });
});

test("S23 a child that prints 1 GB is ended, and no part of a value is kept", async () => {
  const result = await run([NODE, fixture("flood.mjs"), "4000"], { maxOutput: 1_000_000 });
  assert.ok(result.outputLimit && result.truncated && result.exitCode === undefined);
  assert.ok(result.stdout.length < 1_001_000);
  const rest = result.out
    .replaceAll("Compiled another module without a complaint.\n", "")
    .replaceAll("key [redacted:API_KEY]\n", "");
  assert.match(rest, /^[a-zC .]*\n\[… [\d,]+ bytes left out …\]\n[a-z .\n]*$/);
  assert.deepEqual(result.survivors, []);
});

test("output that is slow to redact does not keep this process busy for long", async () => {
  const result = await run([NODE, fixture("flood.mjs"), "0"], { maxRedactMs: 500 });
  assert.ok(result.outputLimit && result.truncated);
  assert.doesNotMatch(result.out, /sk_test|dp7dc/);
  assert.deepEqual(result.survivors, []);
});

test("S22 a time limit ends a child that ignores SIGTERM, its child, and its grandchild in another session", async () => {
  const result = await run([NODE, fixture("stubborn.mjs")], { timeoutMs: 6_000 });
  assert.ok(result.timedOut);
  assert.deepEqual([result.exitCode, result.signal], [undefined, "SIGKILL"]);
  assert.equal(result.out, "level 2 runs\nlevel 1 runs\nlevel 0 runs\n");
  assert.deepEqual(result.survivors, []);
});

test("S22 cancelling in the middle ends the child, and what it printed is still redacted", async () => {
  const controller = new AbortController();
  const marker = newRunMarker();
  const running = run("echo $API_KEY; sleep 60 & sleep 60", { marker }, controller.signal);
  while (livingWith(marker.id).length < 2) await new Promise((resolve) => setTimeout(resolve, 10));
  controller.abort();
  const result = await running;
  assert.ok(result.cancelled && !result.timedOut);
  assert.equal(result.out, "[redacted:API_KEY]\n");
  assert.deepEqual(result.survivors, []);
});

test("S22 cancelling at the very moment of the start ends the child", async () => {
  const controller = new AbortController();
  const running = run("sleep 60", {}, controller.signal);
  controller.abort();
  const result = await running;
  assert.ok(result.cancelled);
  assert.deepEqual(result.survivors, []);
});

test("a pipe that an unknown process holds is given up", async () => {
  const told = join(temporaryFolder("ov-pipe-"), "told");
  const command = `env -i setsid sh -c 'echo $$; : > ${told}; exec sleep 20' & until [ -e ${told} ]; do sleep 0.02; done`;
  const result = await run(command, {});
  assert.equal(result.exitCode, 0);
  process.kill(Number(result.out), "SIGKILL");
});

test("a run that was cancelled before it began starts nothing", async () => {
  await assert.rejects(run("echo ran", {}, AbortSignal.abort()), (error) => isVaultError(error, "cancelled"));
});

test("S22 a daemon that left the group and holds the pipe neither blocks the run nor outlives it", async () => {
  const result = await run([NODE, fixture("daemon.mjs"), "7"]);
  assert.equal(result.exitCode, 7);
  assert.match(result.out, /^daemon started\n/);
  assert.deepEqual(result.survivors, []);
});

test("S22 what a command leaves in the background without a pipe is ended too", async () => {
  const result = await run(
    "sleep 60 >/dev/null 2>&1 & setsid sleep 61 >/dev/null 2>&1 </dev/null & sleep 0.1; echo done",
  );
  assert.equal(result.out, "done\n");
  assert.deepEqual(result.survivors, []);
});

test("S22 a child that holds no marker is found by its parents while these live", async () => {
  const controller = new AbortController();
  const own = `OV_TEST=${newRunMarker().id}`;
  const running = run(`env -i PATH="$PATH" ${own} setsid sleep 62 & sleep 60`, {}, controller.signal);
  while (livingWith(own).length === 0) await new Promise((resolve) => setTimeout(resolve, 10));
  controller.abort();
  assert.ok((await running).cancelled);
  assert.deepEqual(livingWith(own), []);
});

test("output that comes shortly after the first process has ended is not lost", async () => {
  const result = await run("(while kill -0 $$; do :; done; echo late) 2>&- & echo early");
  assert.equal(result.out, "early\nlate\n");
});

test("a slow reader loses nothing, also after the child has ended", async () => {
  let size = 0;
  const slow = async (bytes: Uint8Array): Promise<void> => {
    await new Promise((resolve) => setTimeout(resolve, 20));
    size += bytes.length;
  };
  await run("head -c 2000000 /dev/zero", { sinks: { stdout: slow, stderr: slow } });
  assert.equal(size, 2_000_000);
});

test("a reader that goes away closes the child's pipe, and the child ends by it", async () => {
  const gone = async (): Promise<void> => {
    throw new Error("closed");
  };
  const result = await run("yes", { sinks: { stdout: gone, stderr: gone }, timeoutMs: 20_000 });
  assert.equal(result.timedOut, false);
  assert.notEqual(result.exitCode, 0);
});

test("S25 when redaction fails the output is withheld and the child ended", async () => {
  const broken = (where: "push" | "end"): Matcher => ({
    weak: [],
    wipe: () => undefined,
    redactor: () => ({
      counts: new Map(),
      push: (bytes) => (where === "push" ? fail() : bytes),
      end: () => (where === "end" ? fail() : new Uint8Array()),
    }),
  });
  const fail = (): never => {
    throw new RangeError(`at ${API_KEY}`);
  };
  for (const where of ["push", "end"] as const) {
    const marker = newRunMarker();
    const command = where === "push" ? "echo $API_KEY; sleep 60" : "echo $API_KEY";
    await assert.rejects(
      run(command, { matcher: broken(where), marker }),
      (error) => isVaultError(error, "run-failed") && error.cause === undefined && !error.message.includes(API_KEY),
    );
    assert.deepEqual(livingWith(marker.id), []);
  }
});

test("progress tells the bytes so far", async () => {
  const told = join(temporaryFolder("ov-progress-"), "told");
  const seen: number[] = [];
  const onProgress = ({ bytes }: { readonly bytes: number }): void => {
    seen.push(bytes);
    if (bytes > 0) writeFileSync(told, "");
  };
  await run(`echo hello; until [ -e ${told} ]; do sleep 0.05; done`, { onProgress });
  assert.ok(seen.every((bytes) => bytes === 0 || bytes === 6));
});

test("the marker of an outer run stays, so that the outer run finds the inner one's processes", () => {
  const outer = newRunMarker();
  const inner = newRunMarker(outer.variable);
  assert.equal(inner.variable, `${outer.id}.${inner.id}`);
  assert.equal(newRunMarker("; rm -rf ~").variable.length, 24);
});

test("a run leaves no file open behind", async () => {
  const open = (): string[] =>
    readdirSync("/dev/fd").map((fd) => {
      try {
        return readlinkSync(`/dev/fd/${fd}`).replace(/\d+/g, "");
      } catch {
        return "";
      }
    });
  await run("true");
  const before = open().length;
  for (let round = 0; round < 5; round++) await run("true");
  assert.equal(open().length, before);
});
