// Searches the whole memory of a living process for key bytes. Only Linux shows a process's memory as a file.
import assert from "node:assert/strict";
import { type ChildProcessByStdio, spawn } from "node:child_process";
import { once } from "node:events";
import { closeSync, openSync, readFileSync, readSync } from "node:fs";
import type { Readable, Writable } from "node:stream";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { argon2id } from "#core/crypto/argon2.ts";
import { deriveKey } from "#core/crypto/hkdf.ts";
import { randomBuffer } from "#core/crypto/random.ts";

if (process.platform === "linux") {
  for (const engine of ["node", "wasm"] as const) {
    test(`S6 once wiped, no copy of password, keys or value is anywhere in the process (${engine})`, async (t) => {
      const password = Buffer.from(randomBuffer(32).toString("hex"));
      const kek = await argon2id(password, Buffer.alloc(32, 1), { t: 1, mKiB: 64 * 1024, p: 4 }, engine);
      const secrets = { password, kek, wrapKey: deriveKey(kek, "ov1/kek/wrap"), value: deriveKey(kek, "test/value") };
      const child = spawn(process.execPath, [FIXTURE, engine], { stdio: ["pipe", "pipe", "inherit"] });
      t.after(() => child.kill());

      child.stdin.write(password);
      await said(child, "holding");
      for (const [name, found] of search(child.pid!, secrets)) assert.ok(found > 0, `the search can find ${name}`);
      child.stdin.write(".");
      await said(child, "wiped");
      for (const [name, found] of search(child.pid!, secrets)) assert.equal(found, 0, `copies of ${name}`);
    });
  }
}

const FIXTURE = fileURLToPath(new URL("fixtures/unlock-then-wipe.ts", import.meta.url));
const PIECE = 4 * 1024 * 1024;

async function said(child: ChildProcessByStdio<Writable, Readable, null>, word: string): Promise<void> {
  const [data] = await Promise.race([once(child.stdout, "data"), once(child, "exit")]);
  assert.equal(String(data), word);
}

/** How often each of the secrets lies in the writable memory of a process. */
function search(pid: number, secrets: Record<string, Buffer>): Map<string, number> {
  const found = new Map(Object.keys(secrets).map((name) => [name, 0]));
  const memory = openSync(`/proc/${pid}/mem`, "r");
  const piece = Buffer.alloc(PIECE);
  const regions = readFileSync(`/proc/${pid}/maps`, "latin1").matchAll(/^([0-9a-f]+)-([0-9a-f]+) rw/gm);
  for (const [, from, to] of regions) {
    const end = Number.parseInt(to!, 16);
    // Pieces overlap by the longest secret, so that none is missed at an edge.
    for (let at = Number.parseInt(from!, 16); at < end; at += PIECE - 64) {
      const bytes = piece.subarray(0, readAt(memory, piece.subarray(0, Math.min(PIECE, end - at)), at));
      for (const [name, secret] of Object.entries(secrets)) {
        if (bytes.includes(secret)) found.set(name, found.get(name)! + 1);
      }
    }
  }
  closeSync(memory);
  return found;
}

/** Some regions have no pages behind them, and can't be read. */
function readAt(file: number, target: Buffer, position: number): number {
  try {
    return readSync(file, target, 0, target.length, position);
  } catch {
    return 0;
  }
}
