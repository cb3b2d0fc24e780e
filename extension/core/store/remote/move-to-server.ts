import { equal, sha256 } from "../../crypto/hash.ts";
import { wipe } from "../../crypto/wipe.ts";
import { type Account, openAccount, readSealedAccount, type SealedAccount, sealAccount } from "../../vault/account.ts";
import { passwordProfile, provePassword, wrongPassword } from "../../vault/account-slots.ts";
import { readNewestAccount } from "../../vault/vault.ts";
import type { VaultDeps } from "../../vault/vault-deps.ts";
import { VaultError } from "../../vault-error.ts";
import type { Id, LoginChange } from "../store.ts";
import { toText } from "./json-shape.ts";
import { loginBody } from "./login-body.ts";
import { type MovedEnvironment, moveEnvironment } from "./move-environment.ts";
import { verifyMoved } from "./move-verify.ts";
import { errorOf } from "./problem.ts";
import { type InviteProof, inviteBody } from "./register-account.ts";
import type { RemoteLink } from "./remote-link.ts";
import type { RemoteStore } from "./remote-store.ts";

export interface Moved {
  readonly account: SealedAccount;
  readonly environments: readonly MovedEnvironment[];
  /** Audit entries of other devices: the contract takes each device's own only. They stay in the backup. */
  readonly leftAuditEntries: number;
}

/**
 * Copies a vault of this machine to a server, and reads every object back. Counters begin anew there, under the same keys
 * and ids; records are the same bytes. Can be run again after it was cut off. Whoever calls it releases the old vault.
 */
export async function moveToServer(
  source: VaultDeps,
  target: RemoteStore,
  link: RemoteLink,
  device: { readonly id: Id; readonly secret: Uint8Array },
  password: Uint8Array,
  /** The server too, by an empty cache: what is compared must come from there. */
  fresh: RemoteStore,
  invite?: InviteProof,
): Promise<Moved> {
  const sealed = await readNewestAccount(source);
  const opened = await provePassword(sealed, password);
  if (opened === undefined) throw wrongPassword();
  const { accountKey: ak, proof } = opened;
  let account: Account | undefined;
  try {
    account = openAccount(ak, sealed);
    const { salt } = sealed.slots.find(({ kind }) => kind === "password")!; // it was opened by one
    const { recovery } = account.directory;
    const login = {
      ...{ salt, profile: passwordProfile(sealed.slots), verifier: sha256(proof), proof },
      ...(recovery !== undefined && { recovery: Buffer.from(recovery, "hex") }),
    };
    const moved = await putAccount(target, link, { ak, account, sealed, login, device, invite });
    const environments: MovedEnvironment[] = [];
    for (const { id, shared } of account.directory.environments) {
      if (shared !== undefined) continue; // somebody else's, on their server
      environments.push(await moveEnvironment(source.store, target, account, id));
    }
    await moveAudit(source, target, link.device);
    await verifyMoved(source.store, fresh, { ak, account, environments, device: link.device });
    await refuseChanged(source, sealed, environments);
    return { account: moved, environments, leftAuditEntries: await countOthers(source, link.device) };
  } finally {
    wipe(ak, proof, account?.seeds.sign, account?.seeds.kem, ...(account?.keys.values() ?? []));
  }
}

interface Own {
  readonly ak: Uint8Array;
  readonly account: Account;
  readonly sealed: SealedAccount;
  readonly login: LoginChange;
  readonly device: { readonly id: Id; readonly secret: Uint8Array };
  readonly invite: InviteProof | undefined;
}

async function putAccount(target: RemoteStore, link: RemoteLink, own: Own): Promise<SealedAccount> {
  const { ak, account, login, device } = own;
  const first = readSealedAccount(sealAccount(ak, account, 1, undefined));
  const body = {
    object: toText(first.bytes),
    login: loginBody(login),
    device: { id: device.id, secret: toText(device.secret) },
    ...inviteBody(own.invite),
  };
  const path = `/accounts/${account.account}`;
  const answer = await link.client.call({ method: "PUT", path, body, device: undefined });
  if (!("code" in answer)) return first;
  if (answer.code !== "conflict" && answer.code !== "registration_closed") throw errorOf(answer, "a new account");
  // Cut off before, after this device had made the account: then its secret opens it, and what is there is ours.
  const before = await target.readAccount().catch(() => undefined);
  const known = before && readSealedAccount(before.bytes);
  if (known === undefined) throw answer.code === "conflict" ? taken(target.location) : errorOf(answer, "a new account");
  openAccount(ak, known);
  const next = readSealedAccount(sealAccount(ak, account, known.counter + 1, known.bytes));
  await target.writeAccount(known.counter, next.bytes, login);
  return next;
}

async function moveAudit(source: VaultDeps, target: RemoteStore, device: Id): Promise<void> {
  const there = (await target.readAudit(device, 1)).length;
  const entries = await source.store.readAudit(device, there + 1);
  for (const [index, entry] of entries.entries()) await target.appendAudit(device, there + index + 1, entry);
}

async function countOthers({ store }: VaultDeps, own: Id): Promise<number> {
  let count = 0;
  for (const device of await store.auditDevices())
    if (device !== own) count += (await store.readAudit(device, 1)).length;
  return count;
}

/** What was written to the old vault meanwhile would be lost with it. */
async function refuseChanged(
  { store }: VaultDeps,
  sealed: SealedAccount,
  environments: readonly MovedEnvironment[],
): Promise<void> {
  const account = await store.readAccount();
  const changed = [account === undefined || !equal(account.bytes, sealed.bytes)];
  for (const { id, from } of environments) changed.push((await store.readManifest(id, from)) !== undefined);
  if (!changed.includes(true)) return;
  throw new VaultError(
    "vault-conflict",
    "Another program changed the vault while it was copied. The old vault stays the one in use. Run the command again.",
  );
}

function taken(url: string): VaultError {
  return new VaultError(
    "vault-exists",
    `${url} holds a vault of this account already. Use it with "ov login ${url}", or move to another server.`,
  );
}
