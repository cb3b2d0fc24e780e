/** The parts of an encoded text that depend on the value alone, whatever stands before and after it. */

const BASE64 = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
const BASE32 = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
const BASE32HEX = "0123456789ABCDEFGHIJKLMNOPQRSTUV";
const UU = Array.from({ length: 64 }, (_, i) => String.fromCharCode(i === 0 ? 0x60 : 0x20 + i)).join("");
const ASCII85 = Array.from({ length: 85 }, (_, i) => String.fromCharCode(33 + i)).join("");
const BASE85 = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz!#$%&()*+-;<=>?@^_`{|}~";
const Z85 = "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ.-:+=^!/*?&<>()[]{}@%$#";
const BASE58 = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz";

export function base64Cores(bytes: Uint8Array): string[] {
  return [0, 1, 2].map((before) => bitCore(bytes, before, 6, BASE64));
}

export function base32Cores(bytes: Uint8Array): string[] {
  return [0, 1, 2, 3, 4].map((before) => bitCore(bytes, before, 5, BASE32));
}

/** The characters all of whose bits come from `bytes`, when `before` other bytes precede them. */
function bitCore(bytes: Uint8Array, before: number, width: number, alphabet: string): string {
  let out = "";
  let bit = Math.ceil((before * 8) / width) * width - before * 8;
  for (; bit + width <= bytes.length * 8; bit += width) {
    const at = bit >> 3;
    const pair = (bytes[at]! << 8) | (bytes[at + 1] ?? 0);
    out += alphabet[(pair >> (16 - width - (bit & 7))) & ((1 << width) - 1)];
  }
  return out;
}

export function base32HexCores(bytes: Uint8Array): string[] {
  return [0, 1, 2, 3, 4].map((before) => bitCore(bytes, before, 5, BASE32HEX));
}

/** Without the length before each line, which the value doesn't tell. */
export function uuCores(bytes: Uint8Array): string[] {
  return [0, 1, 2].map((before) => bitCore(bytes, before, 6, UU));
}

/** Ascii85 in groups of four bytes: the whole groups, for each place where the value may begin; and all of the value alone. */
export function ascii85Cores(bytes: Uint8Array): string[] {
  return base85Cores(bytes, ASCII85);
}

/** That of git and Python, and that of ZeroMQ. */
export function otherBase85Cores(bytes: Uint8Array): string[] {
  return [...base85Cores(bytes, BASE85), ...base85Cores(bytes, Z85)];
}

function base85Cores(bytes: Uint8Array, alphabet: string): string[] {
  const cores = [0, 1, 2, 3].map((skip) => {
    let out = "";
    for (let i = skip; i + 4 <= bytes.length; i += 4) out += base85Group(bytes, i, alphabet);
    return out;
  });
  // Of a last group of fewer bytes, as many characters and one more are written.
  const rest = bytes.length % 4;
  if (rest === 0) return cores;
  const last = base85Group(bytes, bytes.length - rest, alphabet).slice(0, rest + 1);
  return [...cores, cores[0]! + last];
}

/** Missing bytes are zeros. */
function base85Group(bytes: Uint8Array, at: number, alphabet: string): string {
  let group = 0;
  for (let k = 0; k < 4; k++) group = group * 256 + (bytes[at + k] ?? 0);
  let digits = "";
  for (let k = 0; k < 5; k++) {
    digits = alphabet[group % 85]! + digits;
    group = Math.floor(group / 85);
  }
  return digits;
}

const LONGEST_NUMBER = 256;

/** Number systems without a power of two mix every byte into every digit, so only the value on its own is known. */
export function wholeNumbers(bytes: Uint8Array): string[] {
  if (bytes.length === 0 || bytes.length > LONGEST_NUMBER) return [];
  const number = BigInt(`0x${Buffer.from(bytes).toString("hex")}`);
  let rest = number;
  let base58 = "";
  while (rest > 0n) {
    base58 = BASE58[Number(rest % 58n)]! + base58;
    rest /= 58n;
  }
  return [base58, number.toString(36)];
}
