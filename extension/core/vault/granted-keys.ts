import type { Sharing } from "../store/store.ts";
import { VaultError } from "../vault-error.ts";
import type { Account } from "./account.ts";
import type { EnvironmentEntry } from "./directory.ts";
import type { FollowedHead } from "./follow-heads.ts";
import { openGrant, peekGrant } from "./grant.ts";
import { standingIn } from "./standing.ts";
import { damaged } from "./wire.ts";

/** Opens the keys that admins granted to this account. Grants are asked for once, when the first is needed. */
export class GrantedKeys {
  readonly #sharing: Sharing;
  readonly #own: Account;
  readonly #entry: EnvironmentEntry;
  #grants: ReturnType<Sharing["grants"]> | undefined;

  constructor(sharing: Sharing, own: Account, entry: EnvironmentEntry) {
    this.#sharing = sharing;
    this.#own = own;
    this.#entry = entry;
  }

  /**
   * The environment key of the epoch of `heads`, which are all of one epoch, in order; undefined = none was granted. The
   * granter must have been an admin before one of them, and the role in the grant is the one that the last of them gives.
   */
  async open(heads: readonly FollowedHead[]): Promise<Buffer | undefined> {
    const { head } = heads.at(-1)!; // one of each epoch at least
    const standing = standingIn(head, this.#own);
    if (standing === undefined) return undefined;
    this.#grants ??= this.#sharing.grants(this.#entry.id);
    const grant = (await this.#grants).find(({ epoch }) => epoch === head.epoch);
    if (grant === undefined) return undefined;
    const granters = new Set(heads.flatMap((each) => [...each.granters]));
    const { account } = peekGrant(grant.bytes);
    for (const [granter, identity] of await this.#sharing.identities([...granters])) {
      if (identity.account !== account) continue;
      const { vault, environment, epoch } = head;
      const { holder, granted: role } = standing;
      const place = { vault, environment, epoch, role, holder, granter: Buffer.from(granter, "hex") };
      return openGrant(grant.bytes, place, this.#own.seeds.kem, identity);
    }
    // Whoever it is, no admin.
    throw damaged("A grant of an environment's key");
  }
}

export function notGranted(what: string): VaultError {
  return new VaultError(
    "not-permitted",
    `No admin has given you the newest key of ${what} yet. Ask one of them to run "ov share confirm", or "ov share role" with the role that you have.`,
  );
}
