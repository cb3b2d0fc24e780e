import { VaultError } from "../vault-error.ts";

/** Sizes above these are refused, also when reading: a hostile folder must not fill the memory. In bytes. */
export const LIMIT = {
  marker: 4096,
  account: 2 << 20,
  head: 1 << 20,
  items: 2 << 20,
  /** A value of 64 KiB is padded to twice that, with its length before it; its details come on top. */
  record: 160 << 10,
  auditEntry: 2 << 20,
  auditSegment: 8 << 20,
} as const;

/** Refuses to write what could not be read again. */
export function refuseLarge(what: string, bytes: Uint8Array, limit: number): void {
  if (bytes.length <= limit) return;
  throw new VaultError(
    "limit-exceeded",
    `${what} would have ${bytes.length} bytes; ${limit} is the most. Nothing was written. Use another environment for a part of it.`,
  );
}
