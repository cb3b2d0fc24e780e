import { randomBuffer } from "../../crypto/random.ts";
import { wipe } from "../../crypto/wipe.ts";
import { asId, type Id } from "../../store/store.ts";
import { VaultError } from "../../vault-error.ts";
import type { Account } from "../account.ts";
import { ownFingerprint } from "../adopt-manifest.ts";
import { type Context, type ContextName, formatContext } from "../context.ts";
import { findApp, type OpenInvite } from "../directory.ts";
import { requireRole } from "../environment-role.ts";
import {
  formatInviteCode,
  INVITE_MS,
  INVITE_SECRET_BYTES,
  inviteKeys,
  inviteVerifier,
  wipeInviteKeys,
} from "../invite-code.ts";
import type { Role } from "../manifest.ts";
import type { OpenEnvironment } from "../open-environment.ts";
import type { Session } from "../session.ts";
import { type Offer, sealOfferFor } from "./offer.ts";
import { requirePersonName } from "./people.ts";
import { requireSharing } from "./require-sharing.ts";

/** The code of a new invite, which is shown once: it opens these environments to whoever takes it first. */
export interface MadeInvite {
  readonly id: Id;
  readonly code: string;
  /** ms since 1970. */
  readonly expires: number;
}

/** Environments of one app, each of which this account is an admin of. `name`: what the invited one is to be called. */
export async function makeInvite(
  session: Session,
  contexts: readonly Context[],
  role: Role,
  name?: string,
): Promise<MadeInvite> {
  const sharing = requireSharing(session);
  const named = name === undefined ? {} : { name: requirePersonName(name) };
  const offer = await offerFor(session, contexts, role);
  const secret = randomBuffer(INVITE_SECRET_BYTES);
  const keys = inviteKeys(secret);
  try {
    const expires = session.deps.now() + INVITE_MS;
    const { id } = keys;
    await sharing.putInvite(id, {
      verifier: inviteVerifier(keys),
      expiresAt: expires,
      offer: sealOfferFor(keys, offer),
    });
    const kept: OpenInvite = {
      ...{ id, secret: secret.toString("hex"), expires, role, vault: offer.vault, ...named },
      environments: offer.environments.map((each) => each.id),
    };
    await session.changeAccount((account) => withInvites(account, [...(account.directory.invites ?? []), kept]));
    const names = contexts.map(formatContext);
    await session.audit({ actor: "owner", action: "invite", names, outcome: `ok: ${role}` });
    const code = formatInviteCode({ secret, serverId: Buffer.from(sharing.serverId), url: sharing.url });
    return { id, code, expires };
  } finally {
    wipe(secret);
    wipeInviteKeys(keys);
  }
}

export async function withdrawInvite(session: Session, text: string): Promise<void> {
  const id = asId(text);
  if (id === undefined) throw new VaultError("argument-invalid", 'That is no id of an invite. See "ov share list".');
  const sharing = requireSharing(session);
  // First here: what this account doesn't know it grants to nobody, and a server that fails can't keep the invite alive.
  await session.changeAccount((account) => withoutInvite(account, id));
  await sharing.deleteInvite(id);
}

export function withoutInvite(account: Account, id: Id): Account {
  return withInvites(
    account,
    (account.directory.invites ?? []).filter((invite) => invite.id !== id),
  );
}

/** An environment less that the invite is for. */
export function withoutPlace(account: Account, id: Id, environment: Id): Account {
  const invites = (account.directory.invites ?? []).map((invite) =>
    invite.id === id ? { ...invite, environments: invite.environments.filter((each) => each !== environment) } : invite,
  );
  return withInvites(account, invites);
}

/** All environments of an app, for `app/*`. */
export async function environmentsOfApp(session: Session, app: ContextName): Promise<readonly Context[]> {
  const { directory } = await session.account();
  const id = findApp(directory, app);
  const contexts = directory.environments
    .filter((entry) => entry.app === id)
    .map(({ name }) => ({ app, environment: name }));
  if (contexts.length > 0) return contexts;
  throw new VaultError("context-not-found", `There is no environment in ${app}. See "ov env list".`);
}

async function offerFor(session: Session, contexts: readonly Context[], role: Role): Promise<Offer> {
  const environments: OpenEnvironment[] = [];
  for (const context of contexts) {
    const environment = await session.environment(context);
    requireRole((await environment.load()).role, "admin", formatContext(context));
    environments.push(environment);
  }
  const [first] = environments;
  if (first === undefined) throw new VaultError("argument-invalid", "Name an environment to share, with --env.");
  const { vault, app } = first.ids;
  if (environments.some(({ ids }) => ids.vault !== vault || ids.app !== app)) {
    throw new VaultError(
      "argument-invalid",
      "These environments are of several owners or apps. Make an invite for each.",
    );
  }
  const inviter = ownFingerprint(await session.account()).toString("hex");
  return {
    ...{ inviter, role, vault, app, owner: first.entry.shared?.owner ?? inviter, appName: first.names.app },
    environments: environments.map(({ entry, names }) => ({ id: entry.id, name: names.environment })),
  };
}

function withInvites(account: Account, invites: readonly OpenInvite[]): Account {
  return { ...account, directory: { ...account.directory, invites } };
}
