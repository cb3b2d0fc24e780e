import { randomBuffer } from "#core/crypto/random.ts";
import { wipe } from "#core/crypto/wipe.ts";
import { type InviteProof, registerAccount } from "#core/store/remote/register-account.ts";
import { type NewVault, openNewVault, sealNewVault } from "#core/vault/vault.ts";
import { VaultError } from "#core/vault-error.ts";
import type { FoundServer } from "./find-server.ts";
import type { Paths } from "./paths.ts";
import { clientOf } from "./this-server.ts";
import { localVault, thisVault } from "./this-vault.ts";
import { requireNoLogin, useServer } from "./use-server.ts";

/** Refuses where this device has a vault of its own: it is moved there, and doesn't get a second one. */
export async function requireNoVault(paths: Paths, url: string): Promise<void> {
  requireNoLogin(paths);
  if ((await localVault(paths).store.readAccount()) === undefined) return;
  throw new VaultError(
    "vault-exists",
    `This device has a vault of its own, in ${paths.vault}. Take it to the server first: "ov vault move --to ${url} --invite CODE", with this same code. Then run "ov share accept" again.`,
  );
}

/** Makes a new vault on a server that a person has confirmed, and uses it from now on. The caller wipes the password. */
export async function registerHere(
  paths: Paths,
  { url, serverId }: Pick<FoundServer, "url" | "serverId">,
  password: Uint8Array,
  invite: InviteProof | undefined,
): Promise<NewVault> {
  await requireNoVault(paths, url);
  const { device: state } = localVault(paths);
  const client = clientOf(paths, url, serverId, state);
  const device = { id: await state.deviceId(), secret: randomBuffer(32) };
  const made = await sealNewVault(password);
  try {
    await registerAccount(client, made, device, invite);
    useServer(paths, url, serverId, { account: made.sealed.account, vault: made.sealed.vault, device });
  } catch (error) {
    wipe(made.ak);
    throw error;
  } finally {
    client.close();
  }
  return openNewVault(await thisVault(paths), made);
}
