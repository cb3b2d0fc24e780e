import { catchUp } from "../../vault/sharing/catch-up.ts";
import { makeInvite, withdrawInvite } from "../../vault/sharing/invite.ts";
import { takeInviteCode } from "../../vault/sharing/join.ts";
import { listMembers } from "../../vault/sharing/list-members.ts";
import { changeRole, leaveEnvironment, nameMember, removeMember } from "../../vault/sharing/members.ts";
import { createToken, listTokens, revokeToken } from "../../vault/sharing/tokens.ts";
import type { VaultAccess } from "../vault-access.ts";
import type { HeldVault } from "./held-vault.ts";

/** Other people, and the tokens of machines. What gives or takes keys takes the master password. */
export function sharingMethods(held: HeldVault) {
  return {
    members: (context) => listMembers(held.used(), context),
    invite: async ({ contexts, role, name }, password) => makeInvite(await held.proved(password), contexts, role, name),
    withdrawInvite: (id) => withdrawInvite(held.used(), id),
    acceptInvite: async (code, names, password) => {
      await takeInviteCode(await held.proved(password), code, names);
    },
    // No use of the vault: it is asked for by what waits, and not by a person.
    catchUp: () => catchUp(held.session),
    setRole: async (context, who, role, password) => {
      await changeRole(await held.proved(password), context, who, role);
    },
    nameMember: (context, who, name) => nameMember(held.used(), context, who, name),
    removeMember: async (context, who, password) => removeMember(await held.proved(password), context, who),
    leave: async (context, password) => leaveEnvironment(await held.proved(password), context),
    createToken: async (token, password) => createToken(await held.proved(password), token),
    tokens: () => listTokens(held.used()),
    revokeToken: (which) => revokeToken(held.used(), which),
  } satisfies Partial<VaultAccess>;
}
