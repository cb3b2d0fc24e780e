import type { Sharing } from "../../store/store.ts";
import { VaultError } from "../../vault-error.ts";
import type { Session } from "../session.ts";

/** Refuses where the vault is on this machine alone. */
export function requireSharing({ deps: { store } }: Session): Sharing {
  if (store.sharing !== undefined) return store.sharing;
  throw new VaultError(
    "argument-invalid",
    'Sharing needs a server that both sides reach. Move the vault to one with "ov vault move --to URL", then try again.',
  );
}
