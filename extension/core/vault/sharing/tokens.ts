import { sha256 } from "../../crypto/hash.ts";
import { kemPublicKeyOf } from "../../crypto/hybrid-kem.ts";
import { newId } from "../../crypto/random.ts";
import { wipe } from "../../crypto/wipe.ts";
import { asId, type Id } from "../../store/store.ts";
import { isVaultError, VaultError } from "../../vault-error.ts";
import { keyName } from "../account.ts";
import { ownFingerprint } from "../adopt-manifest.ts";
import { type Context, formatContext } from "../context.ts";
import { requireRole } from "../environment-role.ts";
import { contextOf } from "../every-environment.ts";
import { sealGrant } from "../grant.ts";
import { adminsOf } from "../manifest-authority.ts";
import type { OpenEnvironment } from "../open-environment.ts";
import type { Session } from "../session.ts";
import { sealBundle, type TokenBundle } from "../token/token-bundle.ts";
import { formatTokenCode, newTokenSecret, tokenKeys, wipeTokenKeys } from "../token/token-code.ts";
import { startEpoch } from "./new-epoch.ts";
import { requireSharing } from "./require-sharing.ts";
import { openLabel, sealLabel } from "./token-label.ts";

export interface NewToken {
  readonly name: string;
  readonly contexts: readonly Context[];
  /** ms since 1970. */
  readonly expiresAt: number;
  /** CIDRs; none = from everywhere. */
  readonly addresses: readonly string[];
}

/** A token as an admin sees it. It can't be shown again. */
export interface TokenInfo {
  readonly id: Id;
  /** undefined = under a key that this account doesn't have. */
  readonly name: string | undefined;
  /** Of this account's environments; others are not named. */
  readonly contexts: readonly Context[];
  readonly createdAt: number;
  readonly expiresAt: number;
  readonly addresses: readonly string[];
  readonly usedAt?: number;
  readonly usedAddress?: string;
}

/**
 * Makes a token that reads these environments, and returns its text: it is stored nowhere. The manifests name it first,
 * so that one which was cut off is a name without a key to the server; made again it is another one.
 */
export async function createToken(session: Session, asked: NewToken): Promise<string> {
  const sharing = requireSharing(session);
  const [id, secret] = [newId(), newTokenSecret()];
  const keys = tokenKeys(secret);
  try {
    const kemKey = kemPublicKeyOf(keys.kemSeed);
    const environments: TokenBundle["environments"][number][] = [];
    const opened = await Promise.all(asked.contexts.map((context) => session.environment(context)));
    for (const environment of opened) requireRole((await environment.load()).role, "admin", environment.what);
    for (const environment of opened) {
      environments.push(await nameToken(session, environment, { id, kemKey, expires: asked.expiresAt }));
    }
    const account = await session.account();
    const [first] = opened;
    const { epoch } = (await first!.load()).head; // asked for one context at least
    const place = { environment: first!.entry.id, epoch };
    await sharing.tokens.put(id, {
      ...{ secret: keys.transport, kemKey, environments: environments.map((each) => each.id) },
      ...{ expiresAt: asked.expiresAt, addresses: asked.addresses },
      label: sealLabel(account.keys.get(keyName(place.environment, epoch))!, place, asked.name),
      bundle: sealBundle(keys.bundle, id, { name: asked.name, environments }),
    });
    for (const { context } of opened) {
      await session.audit({ actor: "owner", action: "create-token", names: [asked.name], outcome: "ok" }, context);
    }
    return formatTokenCode({ id, secret, serverId: Buffer.from(sharing.serverId), url: sharing.url });
  } finally {
    wipe(secret);
    wipeTokenKeys(keys);
  }
}

export async function listTokens(session: Session): Promise<readonly TokenInfo[]> {
  const served = await requireSharing(session).tokens.list();
  const { directory, keys } = await session.account();
  const names = new Map(directory.environments.map((entry) => [entry.id, contextOf(directory, entry)]));
  return served.map(({ environments, label, ...token }) => ({
    ...token,
    name: openLabel(label, (environment, epoch) => keys.get(keyName(environment, epoch))),
    contexts: environments.flatMap((id) => names.get(id) ?? []),
  }));
}

/**
 * By its id, the start of one, or its name. The server takes no call of it from now on, and new keys follow wherever a
 * manifest names it: a server that leaves out what it reads must not keep a key for it. Returns where there are new keys.
 */
export async function revokeToken(session: Session, which: string): Promise<TokenInfo> {
  const token = found(await listTokens(session), which);
  await requireSharing(session).tokens.end(token.id);
  const contexts: Context[] = [];
  let failure: unknown;
  for (const context of await contextsOf(session)) {
    try {
      if (await takeFrom(session, context, token)) contexts.push(context);
    } catch (error) {
      failure ??= error; // one that can't be changed keeps the token in none of the others
    }
  }
  if (failure !== undefined) throw failure;
  return { ...token, contexts };
}

async function takeFrom(session: Session, context: Context, { id, name }: TokenInfo): Promise<boolean> {
  const environment = await session.environment(context);
  const state = await environment.load().catch((error: unknown) => {
    if (environment.entry.shared !== undefined && isVaultError(error, "not-permitted")) return undefined; // is out of it
    throw error;
  });
  if (!state?.head.tokens.some((each) => each.id === id)) return false;
  await startEpoch(session, environment, ({ head }) => ({ tokens: head.tokens.filter((each) => each.id !== id) }));
  const names = name === undefined ? [] : [name];
  await session.audit({ actor: "owner", action: "revoke-token", names, outcome: "ok" }, context);
  return true;
}

async function contextsOf(session: Session): Promise<readonly Context[]> {
  const { directory } = await session.account();
  return directory.environments.map((entry) => contextOf(directory, entry));
}

/** Puts the token into a manifest, with the environment's key sealed to it; says what the token has to know. */
async function nameToken(
  session: Session,
  environment: OpenEnvironment,
  token: { readonly id: Id; readonly kemKey: Uint8Array; readonly expires: number },
): Promise<TokenBundle["environments"][number]> {
  const publicKeyHash = sha256(token.kemKey);
  const own = await session.account();
  const granter = ownFingerprint(own);
  const { vault, app, environment: id } = environment.ids;
  const { head } = await environment.change(async (state) => {
    const { epoch } = state.head;
    const now = await session.account();
    const ek = now.keys.get(keyName(id, epoch))!; // the state was opened by it
    const place = { vault, environment: id, epoch, granter, holder: publicKeyHash, role: "token" } as const;
    const by = { account: now.account, signSeed: now.seeds.sign };
    const living = state.head.tokens.filter(({ expires }) => expires > session.deps.now());
    return {
      ...{ items: state.items, records: [] },
      tokens: [...living, { id: token.id, publicKeyHash, expires: token.expires }],
      grants: [{ holder: token.id, epoch, bytes: sealGrant(ek, place, token, by) }],
    };
  });
  const shared = environment.entry.shared;
  const owner = shared?.owner ?? Buffer.from(granter).toString("hex");
  return { id, vault, app, owner, names: environment.names, admins: adminsOf(head) };
}

function found(tokens: readonly TokenInfo[], which: string): TokenInfo {
  const id = asId(which);
  const named = tokens.filter((token) => (id === undefined ? token.name === which : token.id === id));
  const begun = named.length > 0 ? named : tokens.filter((token) => which.length >= 6 && token.id.startsWith(which));
  const [one, ...others] = begun;
  if (one !== undefined && others.length === 0) return one;
  throw new VaultError(
    "argument-invalid",
    one === undefined
      ? 'There is no such token. "ov token list" shows their names and ids.'
      : `Several tokens are called that: ${begun.map(({ id, contexts }) => `${id} for ${contexts.map(formatContext).join(", ")}`).join("; ")}. Name one by its id.`,
  );
}
