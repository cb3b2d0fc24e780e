import { kemPublicKeyOf } from "../../crypto/hybrid-kem.ts";
import { randomBuffer } from "../../crypto/random.ts";
import { publicKeyOf } from "../../crypto/signature.ts";
import { unpooled, wipe } from "../../crypto/wipe.ts";
import type { Id } from "../../store/store.ts";
import { type Account, readSealedAccount, type SealedAccount, sealAccount } from "../account.ts";
import type { Directory } from "../directory.ts";
import type { TokenBundle } from "./token-bundle.ts";

/**
 * A token as an account that lives in memory: it holds no key but those that are granted to it, and what it signs
 * nobody knows. So everything that reads a vault reads it by a token too, with the same checks.
 */
export function tokenAccount(
  id: Id,
  kemSeed: Uint8Array,
  bundle: TokenBundle,
): { readonly accountKey: Buffer; readonly sealed: SealedAccount } {
  const seeds = { sign: randomBuffer(32), kem: unpooled(kemSeed) };
  const account: Account = {
    ...{ account: id, vault: id, slots: [], keys: new Map(), seeds, directory: directoryOf(id, bundle) },
    identity: { signKey: publicKeyOf(seeds.sign), kemKey: kemPublicKeyOf(seeds.kem) },
  };
  const accountKey = randomBuffer(32);
  const sealed = readSealedAccount(sealAccount(accountKey, account, 1, undefined));
  wipe(seeds.sign, seeds.kem);
  return { accountKey, sealed };
}

function directoryOf(token: Id, { environments }: TokenBundle): Directory {
  const apps = new Map(environments.map(({ app, names }) => [app, { id: app, name: names.app }]));
  return {
    token,
    apps: [...apps.values()],
    environments: environments.map(({ id, app, names, admins, owner, vault }) => ({
      ...{ id, app, name: names.environment, admins },
      shared: { owner, vault, app, names },
    })),
  };
}
