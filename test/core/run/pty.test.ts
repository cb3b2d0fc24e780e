import assert from "node:assert/strict";
import { tmpdir } from "node:os";
import { test } from "node:test";
import { openPty } from "#core/run/pty.ts";

test("what a program printed while its terminal was paused is not lost at its end", async () => {
  let seen = "";
  const pty = await openPty({
    ...{ file: "/bin/sh", args: ["-c", "echo first; echo last"], cwd: tmpdir(), env: {}, cols: 80, rows: 24 },
    onData: (bytes) => {
      seen += Buffer.from(bytes).toString();
    },
  });
  pty.pause();
  assert.deepEqual(await pty.exit, { exitCode: 0 });
  assert.equal(seen, "first\r\nlast\r\n");
});
