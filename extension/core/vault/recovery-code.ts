import { formatGroups, parseGroups } from "../recovery/checked-groups.ts";
import { VaultError } from "../vault-error.ts";

/** 160 bits and a 20-bit checksum as six groups of six: `7ZK3QX-…`. */
export function formatRecoveryCode(code: Uint8Array): string {
  return formatGroups(code, LABEL);
}

/** Refuses a typing error by the checksum, and names the group where it can; nothing was tried with it. */
export function parseRecoveryCode(text: string): Buffer {
  const typed = parseGroups(text, CODE_BYTES, LABEL);
  if (typed.kind === "right") return typed.bytes;
  const where =
    typed.group === undefined
      ? "it has six groups of six letters and digits, and something in it differs."
      : `there is a mistake in group ${typed.group} of 6.`;
  throw new VaultError(
    "wrong-password",
    `That is not a recovery code: ${where} Nothing was tried with it. Compare it with your printed copy.`,
  );
}

export const CODE_BYTES = 20;
const LABEL = "ov1/recovery-check";
