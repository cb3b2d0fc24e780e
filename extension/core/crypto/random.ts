import { randomFillSync } from "node:crypto";
import type { Id } from "../store/store.ts";
import { keyBuffer } from "./wipe.ts";

/** Random bytes in a Buffer of their own, fit to be a key and to be wiped. */
export function randomBuffer(length: number): Buffer {
  return randomFillSync(keyBuffer(length));
}

export function newId(): Id {
  // 16 bytes in hex are 32 lower-case digits, which is all that an Id is.
  return randomBuffer(16).toString("hex") as Id;
}
