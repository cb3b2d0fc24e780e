import { newId } from "../../crypto/random.ts";
import { wipe } from "../../crypto/wipe.ts";
import type { Id } from "../../store/store.ts";
import { isVaultError, VaultError } from "../../vault-error.ts";
import type { Account } from "../account.ts";
import { ownFingerprint } from "../adopt-manifest.ts";
import { asContextName, type Context, type ContextName, formatContext } from "../context.ts";
import { type Directory, type EnvironmentEntry, findApp, findEnvironment, type Joining } from "../directory.ts";
import { type InviteKeys, inviteKeys, inviteMac, parseInviteCode, wipeInviteKeys } from "../invite-code.ts";
import type { Session } from "../session.ts";
import { joiningOf, type Offer, openOfferOf } from "./offer.ts";
import { withPerson } from "./people.ts";
import { requireSharing } from "./require-sharing.ts";

/** What the one who joins calls things. Left out: the app as its owner does, and the inviter by words. */
export interface JoinNames {
  readonly app?: ContextName;
  readonly inviter?: string;
}

/** Takes an invite by its code. Refuses one of another server. One that was taken before, and waits, waits on. */
export async function takeInviteCode(session: Session, text: string, names: JoinNames = {}): Promise<void> {
  const sharing = requireSharing(session);
  const { secret, serverId, url } = parseInviteCode(text);
  const keys = inviteKeys(secret);
  wipe(secret);
  try {
    if (!serverId.equals(sharing.serverId)) throw otherServer(url);
    const before = (await openJoining(session)).find(({ id }) => id === keys.id);
    if (before !== undefined) return await sendAcceptance(session, keys, before.inviter, before.environments[0]!.vault);
    const { offer, expiresAt } = await sharing.openInvite(keys.id, keys.proof);
    await takeInvite(session, keys, { offer: openOfferOf(keys, offer), expires: expiresAt }, names);
  } finally {
    wipeInviteKeys(keys);
  }
}

/**
 * Takes an invite for this account: its keys go to the inviter, under a MAC of the code. The same again is no error, so
 * that a try that was cut off can go on. `finishJoining` gets the keys, once the inviter has granted them.
 */
export async function takeInvite(
  session: Session,
  keys: InviteKeys,
  { offer, expires }: { readonly offer: Offer; readonly expires: number },
  names: JoinNames = {},
): Promise<void> {
  const own = ownFingerprint(await session.account());
  if (own.equals(Buffer.from(offer.inviter, "hex"))) {
    throw new VaultError(
      "argument-invalid",
      "This is an invite of your own. Give the code to the one whom you invite.",
    );
  }
  const joining = joiningOf(keys.id, expires, offer, names.app);
  await session.changeAccount((account) => {
    const named =
      names.inviter === undefined ? account : withPerson(account, { fingerprint: offer.inviter, name: names.inviter });
    return withJoining(named, [...othersThan(account, keys.id), joining]);
  });
  await sendAcceptance(session, keys, offer.inviter, offer.vault);
  const what = offer.environments.map(({ name }) => `${offer.appName}/${name}`);
  await session.audit({ actor: "owner", action: "join", names: what, outcome: "accepted" });
}

/** The invites that this account took, and has no keys of yet. */
export async function openJoining(session: Session): Promise<readonly Joining[]> {
  return (await session.account()).directory.joining ?? [];
}

/** Takes up what was granted since; returns the environments that can be used now. */
export async function finishJoining(session: Session): Promise<readonly Context[]> {
  const open = await openJoining(session);
  if (open.length === 0) return [];
  const shared = new Set(await requireSharing(session).shared());
  const joined: Context[] = [];
  for (const joining of open) {
    const left: Joining["environments"][number][] = [];
    for (const place of joining.environments) {
      const known = (await session.account()).directory.environments.some(({ id }) => id === place.id);
      if (known) continue;
      if (shared.has(place.id)) joined.push(await join(session, joining, place));
      else left.push(place);
    }
    const rest = left.length === 0 ? [] : [{ ...joining, environments: left }];
    const isOver = joining.expires + GRACE_MS < session.deps.now();
    if (isOver || left.length < joining.environments.length) {
      await session.changeAccount((account) =>
        withJoining(account, [...othersThan(account, joining.id), ...(isOver ? [] : rest)]),
      );
    }
  }
  return joined;
}

async function sendAcceptance(session: Session, keys: InviteKeys, inviter: string, vault: Id): Promise<void> {
  const mac = inviteMac(keys, Buffer.from(inviter, "hex"), ownFingerprint(await session.account()), vault);
  try {
    await requireSharing(session).acceptInvite(keys.id, keys.proof, mac);
  } catch (error) {
    // Over, or taken by another account: there is nothing to wait for.
    if (isVaultError(error, "not-permitted")) await forgetJoining(session, keys.id);
    throw error;
  }
}

async function join(
  session: Session,
  { inviter, app }: Joining,
  place: Joining["environments"][number],
): Promise<Context> {
  const { id, ...shared } = place;
  // Verified before the account has it: by the inviter, whom the code authenticated.
  const trial: EnvironmentEntry = { id, app: newId(), name: shared.names.environment, admins: [inviter], shared };
  const opened = session.newEnvironment(trial, shared.names);
  await opened.load();
  opened.wipe();
  let context: Context | undefined;
  await session.changeAccount((account) => {
    context = freeContext(account.directory, { ...shared.names, ...(app === undefined ? {} : { app }) });
    return withEntry(account, trial, context);
  });
  const joined = context!; // set by the change
  await (await session.environment(joined)).load(); // and takes the key
  await session.audit({ actor: "owner", action: "join", names: [formatContext(joined)], outcome: "ok" });
  return joined;
}

/** Two owners may use the same names, and then the second gets another app name. */
function freeContext(directory: Directory, wanted: Context): Context {
  for (let count = 1; ; count++) {
    const suffix = count === 1 ? "" : count === 2 ? "-shared" : `-shared-${count - 1}`;
    const app = asContextName(wanted.app.slice(0, 64 - suffix.length) + suffix)!; // a name, cut and lengthened
    const context = { app, environment: wanted.environment };
    if (findEnvironment(directory, context) === undefined) return context;
  }
}

function withEntry(account: Account, entry: EnvironmentEntry, context: Context): Account {
  const { directory } = account;
  const known = findApp(directory, context.app);
  const app = known ?? entry.app;
  const apps = known === undefined ? [...directory.apps, { id: app, name: context.app }] : directory.apps;
  return {
    ...account,
    directory: { ...directory, apps, environments: [...directory.environments, { ...entry, app }] },
  };
}

async function forgetJoining(session: Session, id: Id): Promise<void> {
  await session.changeAccount((account) => withJoining(account, othersThan(account, id)));
}

function othersThan({ directory: { joining = [] } }: Account, id: Id): readonly Joining[] {
  return joining.filter((each) => each.id !== id);
}

function withJoining(account: Account, joining: readonly Joining[]): Account {
  return { ...account, directory: { ...account.directory, joining } };
}

function otherServer(url: string): VaultError {
  return new VaultError(
    "argument-invalid",
    `This invite is of another server: ${url}. An account is on one server: ask for an invite from there, or use another OV_HOME for it.`,
  );
}

/** An inviter may confirm later than the invite could be taken. */
const GRACE_MS = 30 * 86_400_000;
