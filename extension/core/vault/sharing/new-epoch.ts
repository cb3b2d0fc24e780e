import { randomBuffer } from "../../crypto/random.ts";
import { type Account, keyName } from "../account.ts";
import { requireRole } from "../environment-role.ts";
import type { Member, Token } from "../manifest.ts";
import type { EnvironmentState, OpenEnvironment } from "../open-environment.ts";
import { turnEpoch } from "../secret-edits.ts";
import type { SecretMeta } from "../secret-meta.ts";
import type { Session } from "../session.ts";
import { grantsFor } from "./grants-for.ts";

/** Who holds the keys of a new epoch, and what is noted of its values. Left out: as before. */
export interface NewEpoch {
  readonly members?: readonly Member[];
  readonly tokens?: readonly Token[];
  readonly mark?: (meta: SecretMeta) => SecretMeta;
}

/**
 * Seals everything again under a new key, granted to those who stay, in one write. `decide` looks at the newest state,
 * and again after a lost race; it throws to refuse.
 */
export async function startEpoch(
  session: Session,
  environment: OpenEnvironment,
  decide: (state: EnvironmentState) => NewEpoch = () => ({}),
): Promise<EnvironmentState> {
  const isShared = session.deps.store.sharing !== undefined;
  return environment.change(async (state) => {
    requireRole(state.role, "admin", environment.what);
    const { members = state.head.members, tokens: named = state.head.tokens, mark } = decide(state);
    // One that is over gets no new key: who kept it, with a server that still answers it, would read on for ever.
    const tokens = named.filter(({ expires }) => expires > session.deps.now());
    const epoch = state.head.epoch + 1;
    const name = keyName(environment.entry.id, epoch);
    await session.changeAccount((account): Account => {
      // Alone, after a crash between the two writes, the key that is there is the one to use. Not where there are others:
      // a try that failed may have granted it to somebody who is removed now.
      if (account.keys.has(name) && !isShared) return account;
      return { ...account, keys: new Map(account.keys).set(name, randomBuffer(32)) };
    });
    environment.forgetKey(epoch);
    const edit = await turnEpoch(environment, state, mark);
    if (!isShared) return edit;
    return { ...edit, members, tokens, grants: await grantsFor(session, environment, epoch, members, tokens) };
  });
}
