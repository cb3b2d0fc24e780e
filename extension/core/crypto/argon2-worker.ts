import { parentPort, workerData } from "node:worker_threads";
import { argon2id } from "hash-wasm";
import type { Argon2Cost } from "./argon2.ts";
import { wipe } from "./wipe.ts";

/** What `argon2.ts` hands over. The password's bytes are moved here, so the worker wipes them. */
export interface Argon2Job {
  readonly password: Uint8Array;
  readonly salt: Uint8Array;
  readonly cost: Argon2Cost;
}

// workerData is untyped; argon2.ts is the only one to start this file.
const { password, salt, cost } = workerData as Argon2Job;
const key = await argon2id({
  password,
  salt,
  iterations: cost.t,
  memorySize: cost.mKiB,
  parallelism: cost.p,
  hashLength: 32,
  outputType: "binary",
});
wipe(password);
parentPort?.postMessage(key, [key.buffer as ArrayBuffer]);
