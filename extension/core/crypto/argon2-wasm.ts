import { argon2id } from "hash-wasm";
import type { Argon2Cost } from "./argon2.ts";

/**
 * Argon2id, 32 bytes, for a runtime without one of its own. Blocks its thread for 200 ms: for the worker only.
 *
 * hash-wasm frees its intermediate blocks without overwriting them, and the key follows from some of them: unlike with
 * Node's engine, a dump of the process's memory taken soon after may hold them. Password and key are gone here too.
 */
export function argon2idInWasm(
  password: Uint8Array,
  salt: Uint8Array,
  { t, mKiB, p }: Argon2Cost,
): Promise<Uint8Array> {
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
