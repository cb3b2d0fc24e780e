import * as nodeCrypto from "node:crypto";
import { parentPort, workerData } from "node:worker_threads";
import type { Argon2Cost, Argon2Engine } from "./argon2.ts";
import { unpooled, wipe } from "./wipe.ts";

/** What `argon2.ts` hands over. The password's bytes are moved here, so the worker wipes them. */
export interface Argon2Job {
  readonly password: Uint8Array;
  readonly salt: Uint8Array;
  readonly cost: Argon2Cost;
  readonly engine: Argon2Engine;
}

// workerData is untyped; argon2.ts is the only one to start this file.
const job = workerData as Argon2Job;
try {
  const result = await compute(job);
  const key = unpooled(result);
  wipe(result);
  parentPort?.postMessage(key, [key.buffer]);
} finally {
  wipe(job.password);
}

async function compute({ password, salt, cost, engine }: Argon2Job): Promise<Uint8Array> {
  switch (engine) {
    case "node":
      return nodeCrypto.argon2Sync("argon2id", {
        message: password,
        nonce: salt,
        passes: cost.t,
        memory: cost.mKiB,
        parallelism: cost.p,
        tagLength: 32,
      });
    case "wasm": {
      // Loaded when it is needed: hash-wasm is 250 KB.
      const { argon2idInWasm } = await import("./argon2-wasm.ts");
      return argon2idInWasm(password, salt, cost);
    }
  }
}
