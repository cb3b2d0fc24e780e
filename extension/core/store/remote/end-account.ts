import { wipe } from "../../crypto/wipe.ts";
import { readSealedAccount } from "../../vault/account.ts";
import { provePassword, wrongPassword } from "../../vault/account-slots.ts";
import type { Store } from "../store.ts";
import { toText } from "./json-shape.ts";
import type { RemoteLink } from "./remote-link.ts";
import { absent } from "./server-error.ts";

/** Has the server destroy the account with all that it owns. It takes the master password, and there is no way back. */
export async function endAccount(link: RemoteLink, store: Store, password: Uint8Array): Promise<void> {
  const stored = await store.readAccount();
  if (stored === undefined) throw absent(store.location);
  const opened = await provePassword(readSealedAccount(stored.bytes), password);
  if (opened === undefined) throw wrongPassword();
  const body = { proof: toText(opened.proof) };
  wipe(opened.accountKey, opened.proof);
  await link.require({ method: "POST", path: "/account/end", body }, "the account");
}
