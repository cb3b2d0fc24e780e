import { equal } from "../crypto/hash.ts";
import type { KdfProfile } from "../crypto/passphrase-key.ts";
import { newId, randomBuffer } from "../crypto/random.ts";
import { wipe } from "../crypto/wipe.ts";
import type { LoginChange } from "../store/store.ts";
import { VaultError } from "../vault-error.ts";
import { type Account, readSealedAccount, type SealedAccount, sealAccount } from "./account.ts";
import {
  DEFAULT_PROFILE,
  openWithPassword,
  openWithRecoveryCode,
  passwordProfile,
  provenBy,
  replaceRecoveryCode,
  withPassword,
  wrongPassword,
} from "./account-slots.ts";
import type { AuditBody } from "./audit-entry.ts";
import { EMPTY_DIRECTORY } from "./directory.ts";
import { newIdentity, publicIdentity } from "./identity.ts";
import { ACCOUNT_SERIES, foundAccount, OpenAccount } from "./open-account.ts";
import { parseRecoveryCode } from "./recovery-code.ts";
import { refuseRollback } from "./rollback.ts";
import { Session } from "./session.ts";
import { keepAlone } from "./sharing/keep-alone.ts";
import type { VaultDeps } from "./vault-deps.ts";
import { damaged } from "./wire.ts";

/** A session and, once, the recovery code of the vault: it opens the vault without the password and is stored nowhere. */
export interface NewVault {
  readonly session: Session;
  readonly recoveryCode: string;
}

/** Makes a vault in an empty store. Refuses with `vault-exists` where there is one. Passwords are UTF-8 bytes. */
export async function createVault(
  deps: VaultDeps,
  password: Uint8Array,
  options: { readonly profile?: KdfProfile } = {},
): Promise<NewVault> {
  if ((await deps.store.readAccount()) !== undefined) throw vaultExists(deps);
  const made = await sealNewVault(password, options);
  await deps.store.writeAccount(0, made.sealed.bytes, made.login);
  return openNewVault(deps, made);
}

/** A vault that no store has yet. Its account key is the caller's to wipe, or that of the session which opens it. */
export interface UnstoredVault {
  readonly ak: Buffer;
  readonly sealed: SealedAccount;
  readonly login: LoginChange;
  readonly recoveryCode: string;
}

export async function sealNewVault(
  password: Uint8Array,
  options: { readonly profile?: KdfProfile } = {},
): Promise<UnstoredVault> {
  const ak = randomBuffer(32);
  const seeds = newIdentity();
  const empty: Account = {
    account: newId(),
    vault: newId(),
    slots: [],
    identity: publicIdentity(seeds),
    seeds,
    keys: new Map(),
    directory: EMPTY_DIRECTORY,
  };
  const profile = options.profile ?? DEFAULT_PROFILE;
  const { account, code } = await replaceRecoveryCode(await withPassword(empty, ak, password, profile), ak);
  const sealed = readSealedAccount(sealAccount(ak, account, 1, undefined));
  wipe(seeds.sign, seeds.kem);
  return { ak, sealed, login: account.login!, recoveryCode: code }; // a password was set just now
}

/** Opens a vault that was stored just now. */
export async function openNewVault(deps: VaultDeps, { ak, sealed, recoveryCode }: UnstoredVault): Promise<NewVault> {
  const session = await openSession(deps, ak, sealed);
  await session.audit(ownerDid("create-vault"));
  return { session, recoveryCode };
}

/** Opens the vault with the master password; with `raiseProfile`, replaces the slot by one that costs more. */
export async function unlockVault(
  deps: VaultDeps,
  password: Uint8Array,
  options: { readonly raiseProfile?: KdfProfile } = {},
): Promise<Session> {
  const sealed = await readNewestAccount(deps);
  const ak = await openWithPassword(sealed, password);
  if (ak === undefined) {
    await deps.device.noteFailedUnlock(sealed.vault, deps.now());
    throw wrongPassword();
  }
  const session = await openSession(deps, ak, sealed);
  if (options.raiseProfile !== undefined && options.raiseProfile > passwordProfile(sealed.slots)) {
    await session.changePassword(password, password, options.raiseProfile);
  }
  await auditUnlock(deps, session, sealed, "unlock");
  return session;
}

/** Opens the vault with the recovery code and sets a new password. The used code is replaced in the same write. */
export async function recoverVault(deps: VaultDeps, recoveryCode: string, newPassword: Uint8Array): Promise<NewVault> {
  const code = parseRecoveryCode(recoveryCode);
  const sealed = await readNewestAccount(deps);
  const opened = await openWithRecoveryCode(sealed, code);
  wipe(code);
  if (opened === undefined) {
    await deps.device.noteFailedUnlock(sealed.vault, deps.now());
    throw new VaultError(
      "wrong-password",
      "That recovery code is of another vault, or a newer code replaced it. Use the newest printed copy.",
    );
  }
  const account = await OpenAccount.open(deps, opened.accountKey, sealed);
  let newCode = "";
  await account.change(async (current) => {
    const withNew = await withPassword(current, account.key, newPassword, passwordProfile(current.slots));
    const replaced = await replaceRecoveryCode(withNew, account.key);
    newCode = replaced.code;
    return provenBy(replaced.account, opened.proof);
  });
  wipe(opened.proof);
  const session = new Session(deps, account);
  await auditUnlock(deps, session, sealed, "recover");
  return { session, recoveryCode: newCode };
}

/** Whether a recovery code opens the vault as it is. Nothing is written but a failed try. */
export async function isRecoveryCode(deps: VaultDeps, code: Uint8Array): Promise<boolean> {
  const sealed = await readNewestAccount(deps);
  const opened = await openWithRecoveryCode(sealed, code);
  wipe(opened?.accountKey, opened?.proof);
  if (opened === undefined) await deps.device.noteFailedUnlock(sealed.vault, deps.now());
  return opened !== undefined;
}

/** A person put back an older copy on purpose: with the master password, this device forgets what it saw. */
export async function acceptRestore(deps: VaultDeps, password: Uint8Array): Promise<Session> {
  const sealed = readSealedAccount(await storedAccount(deps));
  const ak = await openWithPassword(sealed, password);
  if (ak === undefined) throw wrongPassword();
  await deps.device.forget(sealed.vault);
  const session = await openSession(deps, ak, sealed);
  await keepAlone(session);
  await session.audit(ownerDid("accept-restore"));
  return session;
}

/** The newest account object, sealed; refuses one that is older, or cheaper to guess at, than this device has seen. */
export async function readNewestAccount(deps: VaultDeps): Promise<SealedAccount> {
  const { vault } = readSealedAccount(await storedAccount(deps));
  const seen = await deps.device.seen(vault, ACCOUNT_SERIES);
  const sealed = readSealedAccount(await storedAccount(deps));
  refuseRollback(seen, foundAccount(sealed));
  await refuseLowerProfile(deps, sealed);
  return sealed;
}

async function storedAccount(deps: VaultDeps): Promise<Uint8Array> {
  const stored = await deps.store.readAccount();
  if (stored === undefined) {
    throw new VaultError("vault-absent", `There is no vault in ${deps.store.location}. Make one with "ov vault init".`);
  }
  if (readSealedAccount(stored.bytes).counter !== stored.counter) throw damaged("The vault's account file");
  return stored.bytes;
}

/** A store that offers a cheaper slot than this device has used would make guessing the password cheaper. */
async function refuseLowerProfile(deps: VaultDeps, sealed: SealedAccount): Promise<void> {
  const floor = await deps.device.seen(sealed.vault, PROFILE_SERIES);
  const profile = passwordProfile(sealed.slots);
  if (floor !== undefined && profile < floor.counter) {
    throw new VaultError(
      "rolled-back",
      `The vault's password slot has KDF profile ${profile}, but this device has used profile ${floor.counter}. If you put an older copy back on purpose, run "ov vault accept-restore".`,
    );
  }
}

async function openSession(deps: VaultDeps, ak: Buffer, sealed: SealedAccount): Promise<Session> {
  const account = await OpenAccount.open(deps, ak, sealed);
  const own = publicIdentity(account.current.seeds);
  const same = equal(own.signKey, sealed.identity.signKey) && equal(own.kemKey, sealed.identity.kemKey);
  if (!same) {
    account.wipe();
    throw damaged("The vault's identity");
  }
  await deps.device.remember(sealed.vault, PROFILE_SERIES, { counter: passwordProfile(sealed.slots), hash: NO_HASH });
  return new Session(deps, account);
}

async function auditUnlock(
  deps: VaultDeps,
  session: Session,
  sealed: SealedAccount,
  action: "unlock" | "recover",
): Promise<void> {
  for (const time of await deps.device.takeFailedUnlocks(sealed.vault)) {
    await session.audit({ ...ownerDid("unlock-failed"), outcome: `wrong-password at ${new Date(time).toISOString()}` });
  }
  await session.audit(ownerDid(action));
}

function ownerDid(action: AuditBody["action"]): AuditBody {
  return { actor: "owner", action, names: [], outcome: "ok" };
}

function vaultExists(deps: VaultDeps): VaultError {
  return new VaultError(
    "vault-exists",
    `There is a vault in ${deps.store.location} already. Open it with "ov unlock".`,
  );
}

const PROFILE_SERIES = "profile";
const NO_HASH = "0".repeat(64);
