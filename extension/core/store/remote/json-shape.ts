import { asId, type Id } from "../store.ts";

/** What came from outside, to be looked at field by field. undefined anywhere = not of the shape. */
export type Json = Readonly<Record<string, unknown>>;

export function parseObject(bytes: Uint8Array): Json | undefined {
  try {
    return asObject(JSON.parse(Buffer.from(bytes).toString("utf8")));
  } catch {
    return undefined;
  }
}

export function asObject(value: unknown): Json | undefined {
  // An object that is no array has fields of unknown type, which is all that Json says.
  return typeof value === "object" && value !== null && !Array.isArray(value) ? (value as Json) : undefined;
}

/** A list with at most `most` entries, each of which has the shape. */
export function asList<T>(value: unknown, most: number, each: (entry: unknown) => T | undefined): T[] | undefined {
  if (!Array.isArray(value) || value.length > most) return undefined;
  const list: T[] = [];
  for (const entry of value) {
    const checked = each(entry);
    if (checked === undefined) return undefined;
    list.push(checked);
  }
  return list;
}

/** Counters, versions, sequence numbers: integers from 1 on. */
export function asCount(value: unknown): number | undefined {
  return Number.isSafeInteger(value) && (value as number) >= 1 ? (value as number) : undefined; // a safe integer is a number
}

/** Times in ms, and revisions: integers from 0 on. */
export function asNumber(value: unknown): number | undefined {
  return value === 0 ? 0 : asCount(value);
}

export function asIdOf(value: unknown): Id | undefined {
  return typeof value === "string" ? asId(value) : undefined;
}

export function asHash(value: unknown): string | undefined {
  return typeof value === "string" && /^[0-9a-f]{64}$/.test(value) ? value : undefined;
}

/** Strict base64url without padding: one text for the same bytes. */
export function asBytes(value: unknown, most: number): Buffer | undefined {
  if (typeof value !== "string" || value.length > Math.ceil((most * 4) / 3)) return undefined;
  const bytes = Buffer.from(value, "base64url");
  return bytes.toString("base64url") === value ? bytes : undefined;
}

export function toText(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString("base64url");
}
