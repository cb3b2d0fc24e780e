import { equal } from "../../crypto/hash.ts";
import { asKdfProfile, type KdfProfile, passphraseKey } from "../../crypto/passphrase-key.ts";
import { randomBuffer } from "../../crypto/random.ts";
import { wipe } from "../../crypto/wipe.ts";
import { type Account, openAccount, readSealedAccount, type SealedAccount } from "../../vault/account.ts";
import { openWithRecoveryCode, passwordProfile } from "../../vault/account-slots.ts";
import { fingerprint, publicIdentity } from "../../vault/identity.ts";
import { loginProof, openSlotWithKey, recoveryProof } from "../../vault/slot.ts";
import { VaultError } from "../../vault-error.ts";
import type { DeviceState, Id } from "../store.ts";
import { accountAnswer } from "./answers.ts";
import { asBytes, toText } from "./json-shape.ts";
import { errorOf } from "./problem.ts";
import type { DeviceKey, SealedClient } from "./sealed-client.ts";
import { badAnswer } from "./server-error.ts";

/** A device that the server takes calls of from now on. */
export interface Enrolled {
  readonly device: { readonly id: Id; readonly secret: Buffer };
  readonly vault: Id;
  /** Fingerprint of the account: its words are the same on every device of it. */
  readonly fingerprint: Buffer;
  readonly profile: KdfProfile;
}

/**
 * Enrols this device by the master password. Argon2id runs once: its key gives the proof for the server, and opens the
 * slot that the server then gives, so that an account of somebody else's making is not taken for one's own.
 */
export async function enrolDevice(
  client: SealedClient,
  account: Id,
  password: Uint8Array,
  state: DeviceState,
): Promise<Enrolled> {
  const { salt, profile } = await prelogin(client, account);
  await refuseCheaper(state, account, profile);
  const device = { id: await state.deviceId(), secret: randomBuffer(32) };
  const key: DeviceKey = { id: Buffer.from(device.id, "hex"), secret: device.secret };
  const kek = await passphraseKey(password, Buffer.from(account, "hex"), salt, profile);
  try {
    await enrol(client, account, loginProof(kek), device, key, "master password");
    const opened = await openOwn(client, account, { kek, salt, profile }, key);
    await state.remember(account, PROFILE_SERIES, { counter: profile, hash: NO_HASH });
    return { device, ...opened, profile };
  } finally {
    wipe(kek);
  }
}

/**
 * Enrols this device by the recovery code: for who has lost the password, or every device. `recoverVault` over the
 * server is the next step, and sets a new password.
 */
export async function enrolByRecovery(
  client: SealedClient,
  account: Id,
  code: Uint8Array,
  state: DeviceState,
): Promise<Enrolled> {
  const device = { id: await state.deviceId(), secret: randomBuffer(32) };
  const key: DeviceKey = { id: Buffer.from(device.id, "hex"), secret: device.secret };
  await enrol(client, account, recoveryProof(account, code), device, key, "recovery code");
  const sealed = await readOwn(client, account, key);
  const profile = passwordProfile(sealed.slots);
  await refuseCheaper(state, account, profile);
  const opened = await openWithRecoveryCode(sealed, code);
  if (opened === undefined) throw another();
  wipe(opened.proof);
  return { device, ...identityOf(sealed, opened.accountKey), profile };
}

async function prelogin(
  client: SealedClient,
  account: Id,
): Promise<{ readonly salt: Buffer; readonly profile: KdfProfile }> {
  const answer = await client.call({ method: "POST", path: "/prelogin", body: { account }, device: undefined });
  if ("code" in answer) throw errorOf(answer, "the login");
  const salt = asBytes(answer.body?.salt, 16);
  const number = answer.body?.profile;
  const profile = typeof number === "number" ? asKdfProfile(number) : undefined;
  if (salt?.length !== 16 || profile === undefined) throw badAnswer("the login");
  return { salt, profile };
}

async function refuseCheaper(state: DeviceState, account: Id, profile: KdfProfile): Promise<void> {
  const floor = await state.seen(account, PROFILE_SERIES);
  if (floor !== undefined && profile < floor.counter) throw cheaper(profile, floor.counter);
}

async function enrol(
  client: SealedClient,
  account: Id,
  proof: Buffer,
  device: { readonly id: Id; readonly secret: Uint8Array },
  key: DeviceKey,
  secret: "master password" | "recovery code",
): Promise<void> {
  const body = { account, proof: toText(proof), device: { id: device.id, secret: toText(device.secret) } };
  wipe(proof);
  const answer = await client.call({ method: "POST", path: "/devices", body, device: undefined });
  if (!("code" in answer)) return;
  if (answer.code === "conflict" && (await isTaken(client, key))) return; // the answer to the first try was lost
  if (answer.code === "unauthorized") {
    throw new VaultError(
      "login-failed",
      `The server doesn't take this account and ${secret} together. Check both, and try again.`,
    );
  }
  if (answer.code === "rate_limited") {
    const minutes = Math.ceil((answer.retryAfter ?? 900) / 60);
    throw new VaultError("login-failed", `Too many wrong logins. The server takes none for ${minutes} minutes.`);
  }
  if (answer.code === "conflict") {
    throw new VaultError(
      "login-failed",
      `The server knows this device (${device.id}) from before. Run "ov devices remove ${device.id}" on another one, then log in again.`,
    );
  }
  throw errorOf(answer, "the login");
}

async function isTaken(client: SealedClient, device: DeviceKey): Promise<boolean> {
  try {
    return !("code" in (await client.call({ method: "GET", path: "/account", device })));
  } catch {
    return false;
  }
}

/** The account that the server gives must be the one whose password was typed, and its slot the one that was named. */
async function openOwn(
  client: SealedClient,
  account: Id,
  { kek, salt, profile }: { readonly kek: Buffer; readonly salt: Uint8Array; readonly profile: KdfProfile },
  device: DeviceKey,
): Promise<Pick<Enrolled, "vault" | "fingerprint">> {
  const sealed = await readOwn(client, account, device);
  const slot = sealed.slots.find((each) => each.kind === "password" && equal(each.salt, salt));
  if (slot === undefined) throw another();
  if (slot.profile !== profile) throw cheaper(profile, slot.profile);
  const ak = openSlotWithKey(account, slot, Buffer.from(kek));
  if (ak === undefined) throw another();
  return identityOf(sealed, ak);
}

async function readOwn(client: SealedClient, account: Id, device: DeviceKey): Promise<SealedAccount> {
  const answer = await client.call({ method: "GET", path: "/account", device });
  if ("code" in answer) throw errorOf(answer, "the account");
  const { counter, bytes } = accountAnswer(answer.body);
  const sealed = readSealedAccount(bytes);
  if (sealed.account !== account || sealed.counter !== counter) throw another();
  return sealed;
}

/** Whose account it is, once its key opened it. Wipes the key. */
function identityOf(sealed: SealedAccount, ak: Buffer): Pick<Enrolled, "vault" | "fingerprint"> {
  let opened: Account | undefined;
  try {
    opened = openAccount(ak, sealed);
    const own = publicIdentity(opened.seeds);
    if (!equal(own.signKey, sealed.identity.signKey) || !equal(own.kemKey, sealed.identity.kemKey)) throw another();
    return { vault: sealed.vault, fingerprint: fingerprint(sealed.account, own) };
  } finally {
    wipe(ak, opened?.seeds.sign, opened?.seeds.kem, ...(opened?.keys.values() ?? []));
  }
}

function another(): VaultError {
  return new VaultError(
    "vault-damaged",
    "The server took the login, and gave an account that this password or code doesn't open. Nothing of it was used. Ask the one who runs it, and change your password where you can.",
  );
}

/** What guesses at the password cost is not the server's to lower. */
function cheaper(offered: number, known: number): VaultError {
  return new VaultError(
    "rolled-back",
    `The server asks for KDF profile ${offered}, but this account has profile ${known}: guessing the password would be cheaper. The login was stopped. Ask the one who runs the server.`,
  );
}

const PROFILE_SERIES = "profile";
const NO_HASH = "0".repeat(64);
