import { ownFingerprint } from "../adopt-manifest.ts";
import type { Context } from "../context.ts";
import type { OpenInvite } from "../directory.ts";
import type { Role } from "../manifest.ts";
import type { Session } from "../session.ts";
import { nameOfPerson, shownAs, wordsOf } from "./people.ts";

/** Who has the keys of an environment, and who was invited. */
export interface EnvironmentMembers {
  readonly context: Context;
  /** This account's own. */
  readonly role: Role;
  readonly members: readonly MemberInfo[];
  readonly invites: readonly InviteInfo[];
}

export interface MemberInfo {
  /** Hex. */
  readonly fingerprint: string;
  /** The name, else the first words. */
  readonly who: string;
  /** Only where this person gave one. */
  readonly name?: string;
  /** All twelve: to be compared, on the phone, with what the member's own "ov devices" shows. */
  readonly words: string;
  readonly role: Role;
  readonly isYou: boolean;
  readonly isOwner: boolean;
}

export interface InviteInfo {
  readonly id: string;
  readonly role: Role;
  readonly name?: string;
  /** ms since 1970. */
  readonly expires: number;
}

export async function listMembers(session: Session, context: Context): Promise<EnvironmentMembers> {
  const environment = await session.environment(context);
  const { head, role } = await environment.load();
  const account = await session.account();
  const { directory } = account;
  const own = ownFingerprint(account).toString("hex");
  const owner = environment.entry.shared?.owner ?? own;
  const members = head.members.map((member): MemberInfo => {
    const fingerprint = Buffer.from(member.fingerprint).toString("hex");
    const name = nameOfPerson(directory, fingerprint);
    return {
      ...{ fingerprint, who: shownAs(directory, fingerprint), words: wordsOf(fingerprint), role: member.role },
      ...{ isYou: fingerprint === own, isOwner: fingerprint === owner },
      ...(name === undefined ? {} : { name }),
    };
  });
  const now = session.deps.now();
  const invites = (directory.invites ?? []).filter(
    ({ environments, expires }) => environments.includes(environment.entry.id) && expires > now,
  );
  return { context, role, members, invites: invites.map(inviteInfo) };
}

function inviteInfo({ id, role, name, expires }: OpenInvite): InviteInfo {
  return { id, role, expires, ...(name === undefined ? {} : { name }) };
}
