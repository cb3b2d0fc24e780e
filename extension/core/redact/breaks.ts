import { CODE } from "./fold.ts";
import { hexDigit } from "./views/escapes.ts";

/** A line break, or the end of "Password: ", "[y/N]? ", "user@host:~$ ". */
export function isBreak(bytes: Uint8Array, at: number): boolean {
  const last = bytes[at - 1];
  if (last === 0x0a) return true;
  if (last !== 0x20 || at < 3) return false;
  const sign = bytes[at - 2]!;
  if (sign === 0x3a || sign === 0x3f) return isQuestion(bytes, at - 2);
  return (sign === 0x24 || sign === 0x23 || sign === 0x3e || sign === 0x25) && isPrompt(bytes, at - 2);
}

/** What stands before the sign: "user@host:~$ ", "[root@host ~]# ", "C:\\> ", but no columns of a dump. */
function isPrompt(bytes: Uint8Array, sign: number): boolean {
  const before = bytes[sign - 1]!;
  if (before === 0x20) return bytes[sign - 2] !== 0x20 && !isSpaced(bytes, sign - 1);
  return before === 0x0a || CODE[before] !== 0 || PROMPT_SIGNS.includes(before) || isRepeatedSign(bytes, sign);
}

/** Single characters before the blank at `at`: "a n j $ ". */
function isSpaced(bytes: Uint8Array, at: number): boolean {
  return bytes[at - 2] === 0x20 && bytes[at - 4] === 0x20;
}

/** ">>> " at the beginning of a line. */
function isRepeatedSign(bytes: Uint8Array, sign: number): boolean {
  let at = sign;
  while (bytes[at] === bytes[sign]) at--;
  return at < sign - 1 && (at < 0 || bytes[at] === 0x0a || bytes[at] === 0x0d);
}

const PROMPT_SIGNS = [..."~])/\\_-\x1b\r"].map((char) => char.charCodeAt(0));

/** Words before the colon; an offset or a line number is none, also behind the n of an escaped line break. */
function isQuestion(bytes: Uint8Array, colon: number): boolean {
  const last = bytes[colon - 1];
  if (last === 0x29 || last === 0x5d) return true;
  for (let i = colon - 1; i >= Math.max(0, colon - LONGEST_NUMBER) && CODE[bytes[i]!] !== 0; i--) {
    if (hexDigit(bytes[i]!) < 0) return bytes[i - 1] !== 0x5c;
  }
  return false;
}

const LONGEST_NUMBER = 24;
