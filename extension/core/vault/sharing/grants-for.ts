import { equal, sha256 } from "../../crypto/hash.ts";
import type { NewGrant } from "../../store/store.ts";
import { VaultError } from "../../vault-error.ts";
import { keyName } from "../account.ts";
import { ownFingerprint } from "../adopt-manifest.ts";
import { type GrantPlace, sealGrant } from "../grant.ts";
import type { Member, Token } from "../manifest.ts";
import type { OpenEnvironment } from "../open-environment.ts";
import type { Session } from "../session.ts";
import { requireSharing } from "./require-sharing.ts";

/**
 * The environment's key of an epoch, which the account holds, for members and tokens. To itself an account grants too:
 * then no crash between the write of the key and that of the manifest loses it.
 */
export async function grantsFor(
  session: Session,
  environment: OpenEnvironment,
  epoch: number,
  members: readonly Member[],
  tokens: readonly Token[],
): Promise<readonly NewGrant[]> {
  const sharing = requireSharing(session);
  const own = await session.account();
  const ek = own.keys.get(keyName(environment.entry.id, epoch))!; // as this function's comment asks
  const granter = ownFingerprint(own);
  const by = { account: own.account, signSeed: own.seeds.sign };
  const place = (holder: Uint8Array, role: GrantPlace["role"]): GrantPlace => {
    const { vault, environment: id } = environment.ids;
    return { vault, environment: id, epoch, granter, holder, role };
  };
  const others = members.filter(({ fingerprint }) => !equal(fingerprint, granter));
  const identities = await sharing.identities(others.map(({ fingerprint }) => hex(fingerprint)));
  const grants = others.flatMap(({ fingerprint, role }): NewGrant[] => {
    const identity = identities.get(hex(fingerprint));
    // An account that is gone must not keep the others from new keys. If it isn't, `ov share role` grants to it again.
    if (identity === undefined) return [];
    return [{ holder: identity.account, epoch, bytes: sealGrant(ek, place(fingerprint, role), identity, by) }];
  });
  const mine = members.find(({ fingerprint }) => equal(fingerprint, granter));
  if (mine !== undefined) {
    grants.push({ holder: own.account, epoch, bytes: sealGrant(ek, place(granter, mine.role), own.identity, by) });
  }
  const served = tokens.length === 0 ? [] : await sharing.tokens.list();
  for (const { id, publicKeyHash } of tokens) {
    const kemKey = served.find((token) => token.id === id)?.kemKey;
    // A token whose key the server doesn't give, or not as it was granted to, reads no more until it is made anew.
    if (kemKey === undefined || !equal(sha256(kemKey), publicKeyHash)) continue;
    grants.push({ holder: id, epoch, bytes: sealGrant(ek, place(publicKeyHash, "token"), { kemKey }, by) });
  }
  return grants;
}

/** The key of the newest epoch for one member. */
export async function grantTo(
  session: Session,
  environment: OpenEnvironment,
  epoch: number,
  member: Member,
): Promise<readonly NewGrant[]> {
  const grants = await grantsFor(session, environment, epoch, [member], []);
  if (grants.length > 0) return grants;
  throw new VaultError(
    "server-refused",
    `The server has no keys of that member of ${environment.what}. Nothing was changed. If their account is gone, remove them with "ov share remove".`,
  );
}

function hex(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString("hex");
}
