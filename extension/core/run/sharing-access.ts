import type { Context } from "../vault/context.ts";
import type { Role } from "../vault/manifest.ts";
import type { Confirmed } from "../vault/sharing/confirm.ts";
import type { MadeInvite } from "../vault/sharing/invite.ts";
import type { JoinNames } from "../vault/sharing/join.ts";
import type { EnvironmentMembers } from "../vault/sharing/list-members.ts";
import type { Removed } from "../vault/sharing/members.ts";

/** What a vault on a server can do with other people. All that gives or takes keys needs the master password. */
export interface SharingAccess {
  members(context: Context): Promise<EnvironmentMembers>;
  /** Environments of one app. `name`: what the invited one is to be called here. */
  invite(asked: NewInviteRequest, password: Uint8Array): Promise<MadeInvite>;
  /** By its id. One that is gone is no error. */
  withdrawInvite(id: string): Promise<void>;
  /** Takes an invite by its code; the keys come with `catchUp`, once the inviter's has granted them. */
  acceptInvite(code: string, names: JoinNames, password: Uint8Array): Promise<void>;
  /** Grants to those who took this account's invites, and takes what was granted to it. A person decided both before. */
  catchUp(): Promise<CaughtUp>;
  /** A member by name, fingerprint or first words. */
  setRole(context: Context, who: string, role: Role, password: Uint8Array): Promise<void>;
  nameMember(context: Context, who: string, name: string): Promise<void>;
  /** New keys for those who stay; what the removed one could read is marked as exposed. */
  removeMember(context: Context, who: string, password: Uint8Array): Promise<Removed>;
  leave(context: Context, password: Uint8Array): Promise<"left" | "still-named">;
}

export interface NewInviteRequest {
  readonly contexts: readonly Context[];
  readonly role: Role;
  readonly name?: string;
}

export interface CaughtUp {
  readonly confirmed: readonly Confirmed[];
  /** Environments that can be used from now on. */
  readonly joined: readonly Context[];
  /** Ids of this account's invites that are not granted yet, and of those that it took and has no keys of yet. */
  readonly open: readonly string[];
  readonly joining: readonly string[];
}
