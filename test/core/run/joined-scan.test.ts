import assert from "node:assert/strict";
import { tmpdir } from "node:os";
import { test } from "node:test";
import { compileMatcher } from "#core/redact/matcher.ts";
import { JoinedScan } from "#core/run/joined-scan.ts";
import type { Side } from "#core/run/joined-sequence.ts";
import { type ChildOptions, type ChildResult, runChild } from "#core/run/run-child.ts";
import { newRunMarker } from "#core/run/run-marker.ts";

const KEY = "Xk93mQz7Lw2RtB8nVc5Jf4Hd";
const OTHER = "q8Zr2Wm5Tx7Yv3Nc";

/** What both streams together show, after the reads in this order. */
function shownBy(...reads: readonly (readonly [Side, string])[]): string[] {
  const values = Object.entries({ KEY, OTHER });
  const scan = new JoinedScan(compileMatcher(values.map(([name, value]) => ({ name, value: Buffer.from(value) }))));
  const redactors = { stdout: scan.redactor("stdout"), stderr: scan.redactor("stderr") };
  for (const [side, text] of reads) redactors[side].push(Buffer.from(text));
  redactors.stdout.end();
  redactors.stderr.end();
  return [...scan.end()];
}

async function run(command: string, options: Partial<ChildOptions> = {}): Promise<ChildResult> {
  const env = { PATH: process.env.PATH ?? "", KEY };
  const matcher = compileMatcher([{ name: "KEY", value: Buffer.from(KEY) }]);
  return runChild({ command, cwd: tmpdir(), env, marker: newRunMarker(), matcher, ...options });
}

test("S142 a value split between stdout and stderr is withheld with all of the output, and the exit code is kept", async () => {
  const split =
    'printf %s "$(echo $KEY | cut -c1-7)"; sleep 0.5; echo $KEY | cut -c8-14 >&2; sleep 0.5; echo $KEY | cut -c15-20';
  const result = await run(`${split}; exit 4`);
  assert.equal(result.exitCode, 4);
  assert.equal(Buffer.from(result.stdout).toString(), "");
  assert.equal(
    Buffer.from(result.stderr).toString(),
    "[All output was withheld: stdout and stderr together show KEY.]\n",
  );
  assert.deepEqual([result.redactions, result.truncated], [{ KEY: 1 }, true]);
});

test("S142 pieces on both streams are found in order of arrival, one stream behind the other, and in turns", () => {
  const [a, b, c, d] = [KEY.slice(0, 6), KEY.slice(6, 12), KEY.slice(12, 18), KEY.slice(18)];
  const noise = "z ".repeat(5000);
  assert.deepEqual(shownBy(["stdout", a], ["stderr", b], ["stdout", c], ["stderr", d]), ["KEY"]);
  assert.deepEqual(shownBy(["stdout", noise + a], ["stderr", b], ["stdout", `${c}\n${noise}`]), ["KEY"]);
  assert.deepEqual(shownBy(["stdout", `${noise}\n${KEY.slice(0, 7)}`], ["stderr", KEY.slice(7, 14)]), ["KEY"]);
  // Both were read at once, in the other order.
  assert.deepEqual(shownBy(["stderr", KEY.slice(7, 14)], ["stdout", KEY.slice(0, 7)]), ["KEY"]);
  assert.deepEqual(shownBy(["stdout", `${a}\n${c}\n`], ["stderr", `${b}\n${d}\n`]), ["KEY"]);
  const [even, odd] = [0, 1].map((rest) => [...KEY].filter((_, i) => i % 2 === rest).join(""));
  assert.deepEqual(shownBy(["stderr", odd!], ["stdout", even!]), ["KEY"]);
});

test("S142 a form of the value that is split is found too", () => {
  const hex = Buffer.from(KEY).toString("hex");
  const chunks = hex.match(/.{1,10}/g)!;
  assert.deepEqual(shownBy(...chunks.map((chunk, i) => [i % 2 === 0 ? "stdout" : "stderr", chunk] as const)), ["KEY"]);
});

test("values that each stream hides by itself, and other text, are no reason to withhold", () => {
  assert.deepEqual(shownBy(["stdout", KEY], ["stderr", KEY], ["stdout", OTHER], ["stderr", `error: ${KEY}\n`]), []);
  assert.deepEqual(shownBy(["stdout", KEY.slice(0, 13)], ["stderr", "."], ["stdout", KEY.slice(13)]), []);
  assert.deepEqual(shownBy(["stdout", KEY.slice(0, 14)], ["stderr", `${KEY.slice(14, 17)} warning`]), []);
  const lines = Array.from({ length: 400 }, (_, i) => [i % 3 ? "stdout" : "stderr", `line ${i} is done\n`] as const);
  assert.deepEqual(shownBy(...lines), []);
  assert.deepEqual(shownBy(["stdout", "only one stream\n"], ["stdout", KEY.slice(0, 7)]), []);
});

test("bytes that lie far from the other stream's are not joined to it", () => {
  const [a, b] = [KEY.slice(0, 7), KEY.slice(7, 14)];
  const far = "-".repeat(20_000);
  assert.deepEqual(
    shownBy(["stderr", "start\n"], ["stdout", a + far], ["stderr", `${b}${far}`], ["stdout", "end\n"]),
    [],
  );
});

test("a failing scan of both streams withholds the output", async () => {
  const matcher = compileMatcher([{ name: "KEY", value: Buffer.from(KEY) }]);
  let made = 0;
  const failing = {
    ...matcher,
    redactor: (onSpan?: Parameters<typeof matcher.redactor>[0]) => {
      if (++made > 3) throw new Error(KEY);
      return matcher.redactor(onSpan);
    },
  };
  await assert.rejects(run("echo a; echo b >&2", { matcher: failing }), (error: Error) => !error.message.includes(KEY));
});

test("streams that are passed on as they come are not held back for each other", async () => {
  const seen = { stdout: "", stderr: "" };
  const sinks = {
    stdout: (bytes: Uint8Array): void => {
      seen.stdout += Buffer.from(bytes).toString();
    },
    stderr: (bytes: Uint8Array): void => {
      seen.stderr += Buffer.from(bytes).toString();
    },
  };
  const result = await run("echo one; echo two >&2", { sinks });
  assert.deepEqual([seen, result.truncated], [{ stdout: "one\n", stderr: "two\n" }, false]);
});
