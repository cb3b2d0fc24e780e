import type { Id, OwnInvite } from "../../store/store.ts";
import { isVaultError, type VaultErrorCode } from "../../vault-error.ts";
import type { Account } from "../account.ts";
import { ownFingerprint } from "../adopt-manifest.ts";
import { type Context, formatContext } from "../context.ts";
import type { OpenInvite } from "../directory.ts";
import { inviteKeys, isInviteMac, wipeInviteKeys } from "../invite-code.ts";
import type { Member, Role } from "../manifest.ts";
import { isOf, roleOf } from "../manifest-authority.ts";
import type { Session } from "../session.ts";
import { grantTo } from "./grants-for.ts";
import { withoutInvite, withoutPlace } from "./invite.ts";
import { shownAs, withPerson } from "./people.ts";
import { requireSharing } from "./require-sharing.ts";

/** What became of an invite that somebody took. */
export type Confirmed =
  | {
      readonly kind: "joined";
      /** Of the invite. */
      readonly id: Id;
      readonly fingerprint: string;
      readonly who: string;
      readonly role: Role;
      readonly contexts: readonly Context[];
    }
  /** Whoever took it did not have the code: the server, or somebody it let. The invite is over. */
  | { readonly kind: "forged"; readonly id: Id }
  | { readonly kind: "failed"; readonly code: VaultErrorCode; readonly message: string };

/**
 * Grants to those who took this account's invites, after the MAC of the code has proved that the keys are theirs. May be
 * called by a program: a person decided it when the invite was made.
 */
export async function confirmInvites(session: Session): Promise<readonly Confirmed[]> {
  const sharing = requireSharing(session);
  const { invites: open = [] } = (await session.account()).directory;
  if (open.length === 0) return [];
  const results: Confirmed[] = [];
  const served = new Map((await sharing.invites()).map((invite) => [invite.id, invite]));
  for (const invite of open) {
    const accepted = served.get(invite.id)?.accepted;
    if (accepted !== undefined && invite.expires + GRACE_MS > session.deps.now()) {
      results.push(await confirm(session, invite, accepted));
    } else if (invite.expires < session.deps.now()) {
      await session.changeAccount((account) => withoutInvite(account, invite.id));
    }
  }
  return results;
}

async function confirm(
  session: Session,
  invite: OpenInvite,
  accepted: NonNullable<OwnInvite["accepted"]>,
): Promise<Confirmed> {
  const { fingerprint } = accepted;
  const sharing = requireSharing(session);
  if (!(await isAuthentic(session, invite, accepted))) {
    await sharing.deleteInvite(invite.id);
    await session.changeAccount((account) => withoutInvite(account, invite.id));
    await session.audit({ actor: "owner", action: "grant", names: [], outcome: "refused: taken without the code" });
    return { kind: "forged", id: invite.id };
  }
  const contexts: Context[] = [];
  try {
    for (const id of invite.environments) {
      const context = contextOf(await session.account(), id);
      if (context === undefined) continue; // deleted since
      await addMember(session, context, fingerprint, invite.role);
      contexts.push(context);
      // Granted once: tried again for the rest, it must not let in again who was removed here in the meantime.
      if (invite.environments.length > 1)
        await session.changeAccount((account) => withoutPlace(account, invite.id, id));
    }
    await session.changeAccount((account) => {
      const { name } = invite;
      const isTaken = account.directory.people?.some((person) => person.name === name) === true;
      const named = name === undefined || isTaken ? account : withPerson(account, { fingerprint, name });
      return withoutInvite(named, invite.id);
    });
    await sharing.deleteInvite(invite.id);
    const who = await auditGrants(session, contexts, fingerprint, invite.role);
    return { kind: "joined", id: invite.id, fingerprint, who, role: invite.role, contexts };
  } catch (error) {
    if (!isVaultError(error)) throw error;
    if (contexts.length > 0) await auditGrants(session, contexts, fingerprint, invite.role);
    return { kind: "failed", code: error.code, message: error.message };
  }
}

/** Who has the keys now, as this person calls them. */
async function auditGrants(
  session: Session,
  contexts: readonly Context[],
  fingerprint: string,
  role: Role,
): Promise<string> {
  const who = shownAs((await session.account()).directory, fingerprint);
  const names = contexts.map(formatContext);
  await session.audit({ actor: "owner", action: "grant", names, outcome: `ok: ${role} ${who}` });
  return who;
}

/** The server says who took it. That it was somebody with the code, and with these keys, only the MAC says. */
async function isAuthentic(
  session: Session,
  { secret, vault }: OpenInvite,
  { account, fingerprint, mac }: NonNullable<OwnInvite["accepted"]>,
): Promise<boolean> {
  const identity = (await requireSharing(session).identities([fingerprint])).get(fingerprint);
  if (identity?.account !== account) return false;
  const keys = inviteKeys(Buffer.from(secret, "hex"));
  const inviter = ownFingerprint(await session.account());
  const isRight = isInviteMac(keys, mac, inviter, Buffer.from(fingerprint, "hex"), vault);
  wipeInviteKeys(keys);
  return isRight;
}

/** Who is a member already keeps a higher role. Nothing is written where nothing changes: this may be tried often. */
async function addMember(session: Session, context: Context, fingerprint: string, role: Role): Promise<void> {
  const environment = await session.environment(context);
  const key = Buffer.from(fingerprint, "hex");
  const now = roleOf((await environment.load()).head, key);
  if (now !== undefined && higher(now, role) === now) return;
  await environment.change(async ({ head, items }) => {
    const before = head.members.find((member) => isOf(member, key));
    const member: Member = { fingerprint: key, role: before === undefined ? role : higher(before.role, role) };
    const others = head.members.filter((each) => each !== before);
    const grants = await grantTo(session, environment, head.epoch, member);
    return { items, records: [], members: [...others, member], grants };
  });
}

function higher(one: Role, other: Role): Role {
  const order: readonly Role[] = ["reader", "writer", "admin"];
  return order.indexOf(one) > order.indexOf(other) ? one : other;
}

function contextOf({ directory }: Account, id: Id): Context | undefined {
  const entry = directory.environments.find((each) => each.id === id);
  const app = directory.apps.find((each) => each.id === entry?.app);
  return entry && app && { app: app.name, environment: entry.name };
}

/** One that was accepted and can't be granted is not tried for ever. */
const GRACE_MS = 7 * 86_400_000;
