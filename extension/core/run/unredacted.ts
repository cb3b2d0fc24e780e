import type { Matcher, Redactor } from "../redact/matcher.ts";

/**
 * Finds nothing. Only for output that goes to a person who has just given the master password (`ov run --no-redact`),
 * or that becomes a new secret without being shown.
 */
export const UNREDACTED: Matcher = {
  weak: [],
  redactor: (): Redactor => ({ push: (bytes) => bytes, end: () => new Uint8Array(), counts: new Map() }),
  wipe: () => undefined,
};
