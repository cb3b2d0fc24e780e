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
const result = job.engine === "node" ? inNode(job) : await inWasm(job);
const key = unpooled(result);
wipe(result, job.password);
parentPort?.postMessage(key, [key.buffer]);

function inNode({ password, salt, cost: { t, mKiB, p } }: Argon2Job): Uint8Array {
  return nodeCrypto.argon2Sync("argon2id", {
    message: password,
    nonce: salt,
    passes: t,
    memory: mKiB,
    parallelism: p,
    tagLength: 32,
  });
}

/**
 * hash-wasm frees its intermediate blocks without overwriting them, and the key follows from some of them: unlike with
 * Node's engine, a dump of the process's memory taken soon after may hold them. Password and key are gone here too.
 */
async function inWasm({ password, salt, cost: { t, mKiB, p } }: Argon2Job): Promise<Uint8Array> {
  const { argon2id } = await import("hash-wasm");
  return argon2id({
    password,
    salt,
    iterations: t,
    memorySize: mKiB,
    parallelism: p,
    hashLength: 32,
    outputType: "binary",
  });
}
