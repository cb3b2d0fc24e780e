import { randomFillSync } from "node:crypto";
import type { Id } from "../store/store.ts";

/** Random bytes in a Buffer of their own. Buffer's shared pool would leave parts of a key beside other data. */
export function randomBuffer(length: number): Buffer {
  return randomFillSync(Buffer.allocUnsafeSlow(length));
}

export function newId(): Id {
  // 16 bytes in hex are 32 lower-case digits, which is all that an Id is.
  return randomBuffer(16).toString("hex") as Id;
}
