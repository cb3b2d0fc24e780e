import * as nodeCrypto from "node:crypto";
import { existsSync } from "node:fs";
import { Worker } from "node:worker_threads";
import type { Argon2Job } from "./argon2-worker.ts";
import { unpooled } from "./wipe.ts";

/** Passes, memory in KiB and lanes, as RFC 9106 names them. */
export interface Argon2Cost {
  readonly t: number;
  readonly mKiB: number;
  readonly p: number;
}

/** "node" = node:crypto of Node 24.7 and later; "wasm" = hash-wasm, half as fast. The key is the same. */
export type Argon2Engine = "node" | "wasm";

/**
 * Argon2id version 1.3, 32 bytes. The caller keeps `password`, and wipes it. It runs in a worker that has ended when
 * the promise settles: the event loop goes on, and Argon2's 64 MiB and copies of the password go with the worker. (The
 * asynchronous `crypto.argon2` would need no worker, but leaves the password behind in freed memory: measured.)
 */
export async function argon2id(
  password: Uint8Array,
  salt: Uint8Array,
  cost: Argon2Cost,
  engine: Argon2Engine = argon2Engine(),
): Promise<Buffer> {
  const file = argon2WorkerUrl(import.meta.url);
  // A view into Buffer's pool would take the whole pool along. The password's copy is moved to the worker, not cloned.
  const copy = unpooled(password);
  const job: Argon2Job = { password: copy, salt: unpooled(salt), cost, engine };
  const worker = new Worker(file, {
    name: "argon2",
    workerData: job,
    transferList: [copy.buffer],
    env: {},
    execArgv: [],
  });
  try {
    const key = await new Promise<Uint8Array>((resolve, reject) => {
      worker.once("message", resolve);
      worker.once("error", reject);
      worker.once("exit", () => reject(new Error("The Argon2 worker ended without a result.")));
    });
    return Buffer.from(key.buffer, key.byteOffset, key.length);
  } finally {
    await worker.terminate();
  }
}

/**
 * What this runtime has. Asked by doing it once with 8 KiB: the function is missing in older Nodes, and is there but
 * throws in builds whose OpenSSL has no Argon2, such as Electron's BoringSSL.
 */
export function argon2Engine(crypto: Pick<typeof nodeCrypto, "argon2Sync"> = nodeCrypto): Argon2Engine {
  try {
    const nonce = new Uint8Array(8);
    crypto.argon2Sync("argon2id", { message: nonce, nonce, parallelism: 1, memory: 8, passes: 1, tagLength: 4 });
    return "node";
  } catch {
    return "wasm";
  }
}

/** Beside this file in the sources; in a bundle beside the entry, which is one folder above a shared chunk. */
export function argon2WorkerUrl(self: string): URL {
  if (self.endsWith(".ts")) return new URL("./argon2-worker.ts", self);
  const beside = new URL("./argon2-worker.js", self);
  return existsSync(beside) ? beside : new URL("../argon2-worker.js", self);
}
