import type { KdfProfile } from "../crypto/passphrase-key.ts";
import { randomBuffer } from "../crypto/random.ts";
import { wipe } from "../crypto/wipe.ts";
import { VaultError } from "../vault-error.ts";
import type { Account, SealedAccount } from "./account.ts";
import { formatRecoveryCode } from "./recovery-code.ts";
import { openSlot, type Slot, sealSlot } from "./slot.ts";

/** A master password has at least this many characters. */
export const MIN_PASSWORD_LENGTH = 10;

export const DEFAULT_PROFILE: KdfProfile = 1;

/** The account key, or undefined when no password slot opens. */
export async function openWithPassword(
  sealed: Pick<SealedAccount, "account" | "slots">,
  password: Uint8Array,
): Promise<Buffer | undefined> {
  for (const slot of sealed.slots) {
    if (slot.kind !== "password" || slot.profile === 0) continue;
    const ak = await openSlot(sealed.account, slot, { kind: "password", password, profile: slot.profile });
    if (ak !== undefined) return ak;
  }
  return undefined;
}

export async function openWithRecoveryCode(
  sealed: Pick<SealedAccount, "account" | "slots">,
  code: Uint8Array,
): Promise<Buffer | undefined> {
  for (const slot of sealed.slots) {
    if (slot.kind !== "recovery") continue;
    const ak = await openSlot(sealed.account, slot, { kind: "recovery", code });
    if (ak !== undefined) return ak;
  }
  return undefined;
}

export async function requirePassword(
  account: Pick<SealedAccount, "account" | "slots">,
  password: Uint8Array,
): Promise<void> {
  const ak = await openWithPassword(account, password);
  if (ak === undefined) throw wrongPassword();
  wipe(ak);
}

/** Replaces every password slot by one for `next`; keeps or raises the KDF profile, never lowers it. */
export async function replacePassword(
  account: Account,
  ak: Uint8Array,
  old: Uint8Array,
  next: Uint8Array,
  profile?: KdfProfile,
): Promise<Account> {
  await requirePassword(account, old);
  const used = passwordProfile(account.slots);
  if (profile !== undefined && profile < used) {
    throw new VaultError("argument-invalid", `The vault uses KDF profile ${used}; it can be raised, not lowered.`);
  }
  return withPassword(account, ak, next, profile ?? used);
}

/** Puts in a password slot without asking for the old password: for creation, recovery and a raised profile. */
export async function withPassword(
  account: Account,
  ak: Uint8Array,
  password: Uint8Array,
  profile: KdfProfile,
): Promise<Account> {
  requireStrength(password);
  const { slot, login } = await sealSlot(account.account, ak, { kind: "password", password, profile });
  const slots = [slot, ...account.slots.filter((other) => other.kind !== "password")];
  return { ...account, slots, ...(login === undefined ? {} : { login }) };
}

export async function replaceRecoveryCode(
  account: Account,
  ak: Uint8Array,
): Promise<{ readonly account: Account; readonly code: string }> {
  const code = randomBuffer(20);
  try {
    const { slot } = await sealSlot(account.account, ak, { kind: "recovery", code });
    const slots = [...account.slots.filter((other) => other.kind !== "recovery"), slot];
    return { account: { ...account, slots }, code: formatRecoveryCode(code) };
  } finally {
    wipe(code);
  }
}

export function passwordProfile(slots: readonly Slot[]): KdfProfile {
  for (const slot of slots) if (slot.kind === "password" && slot.profile !== 0) return slot.profile;
  return DEFAULT_PROFILE;
}

export function wrongPassword(): VaultError {
  return new VaultError(
    "wrong-password",
    'That is not the master password. Try again; if it is lost, use the recovery code with "ov vault recover".',
  );
}

function requireStrength(password: Uint8Array): void {
  const characters = [...new TextDecoder().decode(password).normalize("NFKC")].length;
  if (characters < MIN_PASSWORD_LENGTH) {
    throw new VaultError(
      "argument-invalid",
      `A master password has at least ${MIN_PASSWORD_LENGTH} characters. Four or five random words are a good one.`,
    );
  }
}
