import { equal, sha256 } from "../crypto/hash.ts";
import type { Account } from "./account.ts";
import type { GrantPlace } from "./grant.ts";
import { fingerprint } from "./identity.ts";
import type { ManifestHead, Role } from "./manifest.ts";
import { roleOf } from "./manifest-authority.ts";

/** What a manifest gives to an account, and what grants to it are bound to. */
export interface Standing {
  readonly role: Role;
  readonly holder: Buffer;
  readonly granted: GrantPlace["role"];
}

/** undefined = the manifest doesn't name it. A token reads, and is named by its id and the hash of its X-Wing key. */
export function standingIn(head: ManifestHead, account: Account): Standing | undefined {
  const { token } = account.directory;
  if (token === undefined) {
    const holder = fingerprint(account.account, account.identity);
    const role = roleOf(head, holder);
    return role && { role, holder, granted: role };
  }
  const holder = sha256(account.identity.kemKey);
  const isNamed = head.tokens.some(({ id, publicKeyHash }) => id === token && equal(publicKeyHash, holder));
  return isNamed ? { role: "reader", holder, granted: "token" } : undefined;
}
