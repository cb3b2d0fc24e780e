import { codesOf } from "../redact/fold.ts";

/**
 * Whether nobody finds this text by trying, an estimate on the safe side: some word of it has 14 letters and digits or
 * more, behind an issuer's public prefix, which change between small, capital and digit as only random ones do.
 * Of an address with a password in it, the password decides: the rest stands in many a file.
 */
export function isUnguessable(value: Uint8Array): boolean {
  const text = Buffer.from(value).toString("latin1");
  const password = PASSWORDS.map((pattern) => pattern.exec(text)?.[1]).find((found) => found !== undefined);
  const secret = password ?? text;
  // Of what has parts, one of them has to be hard enough by itself.
  const words = /:\/\/|[\s{]/.test(secret) ? secret.split(/[^A-Za-z0-9+_-]+/) : [secret];
  return words.some(isRandomWord);
}

const PASSWORDS = [
  /^[A-Za-z][\w+.-]*:\/\/[^\s/?#@:]*:([^\s/?#@]+)@/,
  /(?:^|[;&,\s])(?:password|passwd|pwd)\s*=\s*([^;&,\s]+)/i,
];

/** `sk_live_`, `github_pat_`: words without a digit, each with a sign behind it. */
const PREFIX = /^(?:[A-Za-z]+[_-])+/;
const MIN_SYMBOLS = 14;
const MIN_DIFFERENT = 8;

function isRandomWord(word: string): boolean {
  const rest = word.replace(PREFIX, "").replace(/[^A-Za-z0-9]/g, "");
  if (rest.length < MIN_SYMBOLS || new Set(codesOf(Buffer.from(rest, "latin1"))).size < MIN_DIFFERENT) return false;
  const kinds = [...rest].map((sign) => (/\d/.test(sign) ? 0 : /[a-z]/.test(sign) ? 1 : 2));
  const changes = kinds.filter((kind, i) => i > 0 && kind !== kinds[i - 1]).length;
  return changes >= Math.max(5, rest.length / 5);
}
