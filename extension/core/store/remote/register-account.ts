import type { UnstoredVault } from "../../vault/vault.ts";
import type { Id } from "../store.ts";
import { inviteError } from "./invites.ts";
import { toText } from "./json-shape.ts";
import { loginBody } from "./login-body.ts";
import { errorOf } from "./problem.ts";
import type { SealedClient } from "./sealed-client.ts";

/** Opens the door of a server that takes no new accounts, for one. */
export interface InviteProof {
  readonly id: Id;
  readonly proof: Uint8Array;
}

/** Makes an account on a server, with its first device. The same again is no error. */
export async function registerAccount(
  client: SealedClient,
  { sealed, login }: Pick<UnstoredVault, "sealed" | "login">,
  device: { readonly id: Id; readonly secret: Uint8Array },
  invite: InviteProof | undefined,
): Promise<void> {
  const body = {
    object: toText(sealed.bytes),
    login: loginBody(login),
    device: { id: device.id, secret: toText(device.secret) },
    ...inviteBody(invite),
  };
  const answer = await client.call({ method: "PUT", path: `/accounts/${sealed.account}`, body, device: undefined });
  if (!("code" in answer)) return;
  throw invite === undefined ? errorOf(answer, "a new account") : inviteError(answer);
}

export function inviteBody(invite: InviteProof | undefined) {
  return invite === undefined ? {} : { invite: { id: invite.id, proof: toText(invite.proof) } };
}
