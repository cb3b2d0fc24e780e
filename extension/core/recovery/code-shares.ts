import { combine, split } from "shamir-secret-sharing";
import { equal, sha256 } from "../crypto/hash.ts";
import { pae } from "../crypto/pae.ts";
import { randomBuffer } from "../crypto/random.ts";
import { unpooled, wipe } from "../crypto/wipe.ts";
import { CODE_BYTES } from "../vault/recovery-code.ts";
import { VaultError } from "../vault-error.ts";
import { formatGroups, parseGroups } from "./checked-groups.ts";

/** One person's part of a recovery code. Fewer than `threshold` of a set tell nothing of the code. */
export interface CodeShare {
  /** Which shares belong together: eight digits, on every share of the set. */
  readonly set: string;
  readonly threshold: number;
  readonly shares: number;
  readonly text: string;
}

/**
 * Splits a recovery code by Shamir's scheme over GF(2^8) (the audited package of Privy). A share is
 * `set 4 | threshold | shares | check 8 | share 21` as ten groups of six: `check` is a hash of set and code, which 160
 * random bits don't show through, so that a share of somebody's own making gives an error and no code.
 */
export async function splitCode(code: Uint8Array, shares: number, threshold: number): Promise<readonly CodeShare[]> {
  if (!isCount(shares) || !isCount(threshold) || threshold > shares || shares > MOST_SHARES) {
    throw new VaultError(
      "argument-invalid",
      `Split into 2 to ${MOST_SHARES} shares, of which 2 or more give the code back, such as --shares 3 --threshold 2.`,
    );
  }
  const set = randomBuffer(4);
  // The package takes plain Uint8Arrays only, by their constructor.
  const plain = new Uint8Array(code);
  const parts = await split(plain, shares, threshold);
  wipe(plain);
  const head = Buffer.concat([set, Buffer.of(threshold, shares), checkOf(set, code)]);
  const made = parts.map((part) => {
    const bytes = Buffer.concat([head, part]);
    const text = formatGroups(bytes, LABEL);
    wipe(bytes, part);
    return { set: set.toString("hex").toUpperCase(), threshold, shares, text };
  });
  return made;
}

/** The recovery code's bytes, which the caller wipes. Refuses typing errors, mixed sets, too few, and made-up shares. */
export async function combineShares(texts: readonly string[]): Promise<Buffer> {
  const shares = texts.map(parseShare);
  try {
    const [first] = shares;
    if (first === undefined) throw tooFew(0, 2);
    if (shares.some((share) => !equal(share.head, first.head))) {
      throw refused("These shares are not of one set. Each names its set: use those with the same one.");
    }
    const different = new Map(shares.map(({ part }) => [Buffer.from(part).toString("hex"), part]));
    const { threshold } = first;
    if (different.size < threshold) throw tooFew(different.size, threshold);
    const plain = await combine([...different.values()].map((part) => new Uint8Array(part)));
    const code = unpooled(plain);
    wipe(plain);
    if (equal(checkOf(first.set, code), first.check)) return code;
    wipe(code);
    throw refused("One of these shares is not what was handed out. Ask for the others of the set.");
  } finally {
    for (const { part } of shares) wipe(part);
  }
}

/** The set and threshold of a share that was typed right; refuses a typing error with the group, where it can be told. */
export function readShare(text: string): Omit<CodeShare, "text"> {
  const { set, threshold, shares, part } = parseShare(text);
  wipe(part);
  return { set: Buffer.from(set).toString("hex").toUpperCase(), threshold, shares };
}

interface ParsedShare {
  /** All that every share of a set has in common. */
  readonly head: Uint8Array;
  readonly set: Uint8Array;
  readonly threshold: number;
  readonly shares: number;
  readonly check: Uint8Array;
  readonly part: Uint8Array;
}

function parseShare(text: string): ParsedShare {
  const typed = parseGroups(text, SHARE_BYTES, LABEL);
  if (typed.kind === "wrong") {
    const where =
      typed.group === undefined
        ? "it has ten groups of six letters and digits."
        : `there is a mistake in group ${typed.group} of 10.`;
    throw refused(
      `That is not a share of a recovery code: ${where} Nothing was tried with it. Compare it with the printed copy.`,
    );
  }
  const { bytes } = typed;
  const [threshold, shares] = [bytes[4]!, bytes[5]!];
  if (threshold < 2 || threshold > shares || shares > MOST_SHARES) throw refused("That share is of another version.");
  return {
    ...{ head: bytes.subarray(0, HEAD_BYTES), set: bytes.subarray(0, 4), threshold, shares },
    ...{ check: bytes.subarray(6, HEAD_BYTES), part: bytes.subarray(HEAD_BYTES) },
  };
}

function checkOf(set: Uint8Array, code: Uint8Array): Buffer {
  return sha256(pae("ov1/recovery-shares", set, code)).subarray(0, 8);
}

function isCount(n: number): boolean {
  return Number.isInteger(n) && n >= 2;
}

function tooFew(have: number, threshold: number): VaultError {
  return refused(
    `It takes ${threshold} different shares of this set, and there ${have === 1 ? "is 1" : `are ${have}`}.`,
  );
}

function refused(problem: string): VaultError {
  return new VaultError("wrong-password", problem);
}

const LABEL = "ov1/recovery-share-check";
const HEAD_BYTES = 14;
const SHARE_BYTES = HEAD_BYTES + CODE_BYTES + 1; // 35: a multiple of five
export const MOST_SHARES = 16;
