import { randomInt } from "node:crypto";

/**
 * A random stand-in with the value's shape: the same length and kinds of characters in the same places, and the same
 * public prefix (`ghp_`), so that a program which checks a key's form takes it. It says nothing else about the value.
 * Always long and random enough to be told from other text. `isFit` may turn a proposal down.
 */
export function makePlaceholder(value: string, isFit: (placeholder: string) => boolean): string {
  let placeholder = "";
  for (let attempt = 0; attempt < 200; attempt++) {
    // A value of one letter is part of much, and one in a strange form may be hidden by the redactor in most shapes.
    placeholder = longEnough(attempt < 20 ? sameShape(value) : "");
    if (!value.includes(placeholder) && !placeholder.includes(value) && isFit(placeholder)) break;
  }
  return placeholder;
}

/** Random characters that a placeholder has at least, and at most, whatever the value's shape. */
const MIN_RANDOM = 20;
const MAX_LENGTH = 256;

const LOWER = "abcdefghijklmnopqrstuvwxyz";
const UPPER = LOWER.toUpperCase();
const DIGITS = "0123456789";

/** Prefixes that issuers publish so that a leaked key is found: they tell the kind of key, and nothing about this one. */
const PUBLIC_PREFIX =
  /^(sk-(?:proj|ant-api03|or-v1|svcacct)-|sk-|[spr]k_(?:live|test)_|whsec_|gh[opsur]_|github_pat_|gl(?:pat|ptt|dt)-|npm_|pypi-|xox[abeprs]-|xapp-|AKIA|ASIA|AIza|ya29\.|dop_v1_|hf_|SG\.|key-|lin_api_|nvapi-|gsk_|r8_|EAA)/;

function sameShape(value: string): string {
  const shape = value.slice(0, MAX_LENGTH);
  const prefix = PUBLIC_PREFIX.exec(shape)?.[0] ?? "";
  return prefix + [...shape.slice(prefix.length)].map(stand).join("");
}

/** Separators stay, since a form is often told by them; what a header or a URL can't carry becomes a letter. */
function stand(character: string): string {
  if (/[a-z]/.test(character)) return pick(LOWER);
  if (/[A-Z]/.test(character)) return pick(UPPER);
  if (/[0-9]/.test(character)) return pick(DIGITS);
  return /[._-]/.test(character) ? character : pick(LOWER);
}

function longEnough(text: string): string {
  let random = text.replace(PUBLIC_PREFIX, "").replace(/[._-]/g, "").length;
  let placeholder = text;
  for (; random < MIN_RANDOM; random++) placeholder += pick(LOWER + DIGITS);
  return placeholder;
}

function pick(alphabet: string): string {
  return alphabet[randomInt(alphabet.length)]!;
}
