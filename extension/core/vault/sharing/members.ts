import { VaultError } from "../../vault-error.ts";
import type { Account } from "../account.ts";
import { ownFingerprint } from "../adopt-manifest.ts";
import { type Context, formatContext, type SecretName } from "../context.ts";
import { type EnvironmentEntry, findEnvironment } from "../directory.ts";
import { requireRole } from "../environment-role.ts";
import type { Member, Role } from "../manifest.ts";
import { isOf } from "../manifest-authority.ts";
import type { EnvironmentState, OpenEnvironment } from "../open-environment.ts";
import { secretMetas } from "../secret-list.ts";
import type { Session } from "../session.ts";
import { grantTo } from "./grants-for.ts";
import { startEpoch } from "./new-epoch.ts";
import { findPerson, namePerson, shownAs } from "./people.ts";
import { requireSharing } from "./require-sharing.ts";

/** Gives a member another role, and its key under that role. */
export async function changeRole(session: Session, context: Context, who: string, role: Role): Promise<void> {
  requireSharing(session);
  const environment = await session.environment(context);
  const { directory } = await session.account();
  let shown = "";
  await environment.change(async (state) => {
    requireRole(state.role, "admin", formatContext(context));
    const member = requireMember(state, findPerson(directory, fingerprintsOf(state), who));
    refuseForOwner(environment, await session.account(), member, "stays an admin of it");
    const changed: Member = { ...member, role };
    const members = state.head.members.map((each) => (each === member ? changed : each));
    refuseWithoutAdmin(members, context);
    const grants = await grantTo(session, environment, state.head.epoch, changed);
    shown = shownAs(directory, hex(member.fingerprint));
    return { items: state.items, records: [], members, grants };
  });
  await session.audit({ actor: "owner", action: "change-role", names: [], outcome: `ok: ${role} ${shown}` }, context);
}

export async function nameMember(session: Session, context: Context, who: string, name: string): Promise<void> {
  const state = await (await session.environment(context)).load();
  const { directory } = await session.account();
  await namePerson(session, findPerson(directory, fingerprintsOf(state), who), name);
}

/** What a removed member could read until now. They may have kept it, so it is marked until it is another value. */
export interface Removed {
  readonly who: string;
  readonly toRotate: readonly SecretName[];
}

/** A new key that the removed one doesn't get; the values that it could read are marked as exposed, in the same write. */
export async function removeMember(session: Session, context: Context, who: string): Promise<Removed> {
  requireSharing(session);
  const environment = await session.environment(context);
  const account = await session.account();
  let shown = "";
  await startEpoch(session, environment, (state) => {
    const member = requireMember(state, findPerson(account.directory, fingerprintsOf(state), who));
    if (isOf(member, ownFingerprint(account))) {
      throw new VaultError("argument-invalid", 'That is you. To leave, use "ov share leave".');
    }
    refuseForOwner(environment, account, member, "can't be removed from it");
    shown = shownAs(account.directory, hex(member.fingerprint));
    const exposed = { since: session.deps.now(), why: `left: ${shown}` };
    return {
      members: state.head.members.filter((each) => each !== member),
      mark: (meta) => (meta.exposed === undefined ? { ...meta, exposed } : meta),
    };
  });
  const metas = await secretMetas(session, context);
  const toRotate = metas.filter(({ canary }) => canary === undefined).map(({ name }) => name);
  await session.audit({ actor: "owner", action: "remove-member", names: toRotate, outcome: `ok: ${shown}` }, context);
  return { who: shown, toRotate };
}

/**
 * Takes an environment off this account's list, with its keys, and its app if nothing else is in that. An admin also takes itself out of the manifest; others
 * stay named there until an admin removes them, since they may not change who is a member.
 */
export async function leaveEnvironment(session: Session, context: Context): Promise<"left" | "still-named"> {
  requireSharing(session);
  const { directory } = await session.account();
  const entry = findEnvironment(directory, context);
  if (entry !== undefined && entry.shared === undefined) {
    throw new VaultError(
      "not-permitted",
      `${formatContext(context)} is your own. Remove the others with "ov share remove", or delete it with "ov env delete".`,
    );
  }
  const outcome = await leaveManifest(session, context);
  const left = entry!; // session.environment refused before, if there is none
  await session.audit({ actor: "owner", action: "leave", names: [formatContext(context)], outcome });
  await session.changeAccount((account) => withoutEnvironment(account, left));
  session.closeEnvironment(left);
  return outcome;
}

/** Its keys go too; and its app, where that would be empty: most came with an invite, and nobody here made them. */
function withoutEnvironment(account: Account, { id, app }: EnvironmentEntry): Account {
  const { directory } = account;
  const environments = directory.environments.filter((each) => each.id !== id);
  const isUsed = environments.some((each) => each.app === app);
  return {
    ...account,
    keys: new Map([...account.keys].filter(([name]) => !name.startsWith(`${id}:`))),
    directory: {
      ...directory,
      apps: isUsed ? directory.apps : directory.apps.filter((each) => each.id !== app),
      environments,
    },
  };
}

async function leaveManifest(session: Session, context: Context): Promise<"left" | "still-named"> {
  const environment = await session.environment(context);
  const own = ownFingerprint(await session.account());
  const state = await environment.load().catch((error: unknown) => {
    if (error instanceof VaultError && error.code === "not-permitted") return undefined; // is out already
    throw error;
  });
  if (state === undefined) return "left";
  if (state.role !== "admin") return "still-named";
  await startEpoch(session, environment, ({ head }) => {
    const members = head.members.filter((member) => !isOf(member, own));
    refuseWithoutAdmin(members, context);
    return { members };
  });
  return "left";
}

function requireMember(state: EnvironmentState, fingerprint: string): Member {
  return state.head.members.find((member) => hex(member.fingerprint) === fingerprint)!; // it was found among them
}

function fingerprintsOf({ head }: EnvironmentState): readonly string[] {
  return head.members.map(({ fingerprint }) => hex(fingerprint));
}

function refuseForOwner({ entry, what }: OpenEnvironment, account: Account, member: Member, why: string): void {
  const owner = entry.shared === undefined ? ownFingerprint(account) : Buffer.from(entry.shared.owner, "hex");
  if (isOf(member, owner)) throw new VaultError("not-permitted", `The owner of ${what} ${why}.`);
}

function refuseWithoutAdmin(members: readonly Member[], context: Context): void {
  if (members.some(({ role }) => role === "admin")) return;
  throw new VaultError(
    "not-permitted",
    `${formatContext(context)} would have no admin left. Make somebody else one first, with "ov share role".`,
  );
}

function hex(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString("hex");
}
