import { sha256 } from "../crypto/hash.ts";
import type { KdfProfile } from "../crypto/passphrase-key.ts";
import { randomBuffer } from "../crypto/random.ts";
import { unpooled, wipe } from "../crypto/wipe.ts";
import { VaultError } from "../vault-error.ts";
import type { Account, SealedAccount } from "./account.ts";
import { CODE_BYTES, formatRecoveryCode } from "./recovery-code.ts";
import { openWithProof, type Slot, sealSlot } from "./slot.ts";

/** A master password has at least this many characters. */
export const MIN_PASSWORD_LENGTH = 10;

export const DEFAULT_PROFILE: KdfProfile = 1;

/** What a slot gave: the account key, and what proves its secret to a server. Whoever gets it wipes both. */
export interface Opened {
  readonly accountKey: Buffer;
  readonly proof: Buffer;
}

/** The account key, or undefined when no password slot opens. */
export async function openWithPassword(
  sealed: Pick<SealedAccount, "account" | "slots">,
  password: Uint8Array,
): Promise<Buffer | undefined> {
  return keyOnly(await provePassword(sealed, password));
}

export async function provePassword(
  sealed: Pick<SealedAccount, "account" | "slots">,
  password: Uint8Array,
): Promise<Opened | undefined> {
  for (const slot of sealed.slots) {
    if (slot.kind !== "password" || slot.profile === 0) continue;
    const opened = await openWithProof(sealed.account, slot, { kind: "password", password, profile: slot.profile });
    if (opened !== undefined) return opened;
  }
  return undefined;
}

export async function openWithRecoveryCode(
  sealed: Pick<SealedAccount, "account" | "slots">,
  code: Uint8Array,
): Promise<Opened | undefined> {
  for (const slot of sealed.slots) {
    if (slot.kind !== "recovery") continue;
    const opened = await openWithProof(sealed.account, slot, { kind: "recovery", code });
    if (opened !== undefined) return opened;
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
  const proof = await proofOf(account, old);
  const used = passwordProfile(account.slots);
  if (profile !== undefined && profile < used) {
    throw new VaultError("argument-invalid", `The vault uses KDF profile ${used}; it can be raised, not lowered.`);
  }
  return provenBy(await withPassword(account, ak, next, profile ?? used), proof);
}

/** With the proof of what opened the account until now, which a server wants to see before it takes a new login. */
export function provenBy(account: Account, proof: Uint8Array): Account {
  return account.login === undefined ? account : { ...account, login: { ...account.login, proof } };
}

/** Puts in a password slot without asking for the old password: for creation, recovery and a raised profile. */
export async function withPassword(
  account: Account,
  ak: Uint8Array,
  password: Uint8Array,
  profile: KdfProfile,
): Promise<Account> {
  requireStrength(password);
  const { slot, verifier } = await sealSlot(account.account, ak, { kind: "password", password, profile });
  const slots = [slot, ...account.slots.filter((other) => other.kind !== "password")];
  return { ...account, slots, login: { ...account.login, salt: slot.salt, profile, verifier } };
}

/** A new code, and what a server must be told for it: the password's own verifier is a part of that. */
export async function newRecoveryCode(
  account: Account,
  ak: Uint8Array,
  password: Uint8Array,
  given?: Uint8Array,
): Promise<{ readonly account: Account; readonly code: string }> {
  const proof = await proofOf(account, password);
  const slot = account.slots.find(({ kind }) => kind === "password")!; // the password opened it just now
  const login = { salt: slot.salt, profile: passwordProfile(account.slots), verifier: sha256(proof) };
  const replaced = await replaceRecoveryCode({ ...account, login }, ak, given);
  return { ...replaced, account: provenBy(replaced.account, proof) };
}

/** `given` is a code that a person has confirmed already; it stays, since a lost race does all of this again. */
export async function replaceRecoveryCode(
  account: Account,
  ak: Uint8Array,
  given?: Uint8Array,
): Promise<{ readonly account: Account; readonly code: string }> {
  const code = given === undefined ? randomBuffer(CODE_BYTES) : unpooled(given);
  try {
    const { slot, verifier: recovery } = await sealSlot(account.account, ak, { kind: "recovery", code });
    const slots = [...account.slots.filter((other) => other.kind !== "recovery"), slot];
    const login = account.login && { ...account.login, recovery };
    const directory = { ...account.directory, recovery: recovery.toString("hex") };
    return { account: { ...account, slots, directory, ...(login && { login }) }, code: formatRecoveryCode(code) };
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

async function proofOf(account: Pick<SealedAccount, "account" | "slots">, password: Uint8Array): Promise<Buffer> {
  const opened = await provePassword(account, password);
  if (opened === undefined) throw wrongPassword();
  wipe(opened.accountKey);
  return opened.proof;
}

function keyOnly(opened: Opened | undefined): Buffer | undefined {
  if (opened !== undefined) wipe(opened.proof);
  return opened?.accountKey;
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
