import { deriveKey } from "../crypto/hkdf.ts";
import { unpooled, wipe } from "../crypto/wipe.ts";
import type { PublicAccount, Seen, StoredManifest } from "../store/store.ts";
import { isVaultError } from "../vault-error.ts";
import { type Account, keyName } from "./account.ts";
import type { EnvironmentEntry } from "./directory.ts";
import { notAMember } from "./environment-role.ts";
import { type FollowedHead, type Following, followHeads } from "./follow-heads.ts";
import { GrantedKeys, notGranted } from "./granted-keys.ts";
import { fingerprint } from "./identity.ts";
import { isMaced, type ManifestHead, peekManifest, type Role } from "./manifest.ts";
import { adminsOf } from "./manifest-authority.ts";
import type { OpenAccount } from "./open-account.ts";
import { standingIn } from "./standing.ts";
import type { VaultDeps } from "./vault-deps.ts";
import { damaged } from "./wire.ts";

/** The environment whose manifests are looked at, and who looks. */
export interface Looked {
  readonly deps: VaultDeps;
  readonly account: OpenAccount;
  readonly entry: EnvironmentEntry;
  /** For people. */
  readonly what: string;
}

export interface Adopted {
  readonly head: ManifestHead;
  readonly role: Role;
  /** By epoch: what others granted, and the account doesn't hold yet. The caller's to wipe. */
  readonly granted: ReadonlyMap<number, Buffer>;
}

/**
 * Verifies a manifest that is for this place and no rollback: signed by an author who was permitted to write it, back to
 * what this device has seen, and MACed under the environment's key, which is taken from a grant where it is new.
 */
export async function adoptManifest(looked: Looked, stored: StoredManifest, seen: Seen | undefined): Promise<Adopted> {
  const { account, entry, what } = looked;
  const head = peekManifest(stored.head);
  if (!account.current.keys.has(keyName(entry.id, head.epoch))) await account.refresh();
  const role = standingIn(head, account.current)?.role;
  const held = account.current.keys.get(keyName(entry.id, head.epoch));
  // Its hash was compared with what this device has verified before, signature and author included.
  const isKnown = seen?.counter === stored.counter && held !== undefined;
  if (isKnown) {
    if (role === undefined) throw notAMember(what);
    if (!isMacedBy(stored.head, held)) throw damaged(`The manifest of ${what}`);
    return { head, role, granted: new Map() };
  }
  const from = seen?.counter === stored.counter ? undefined : seen;
  const heads = isFromServer(looked, head, from)
    ? [{ bytes: stored.head, head, granters: new Set<string>() }]
    : await followHeads(followingOf(looked), stored.head, from);
  if (role === undefined) throw notAMember(what);
  return { head, role, granted: await takeKeys(looked, heads) };
}

/** Puts keys that were granted, and who the admins are now, into the account: for its other devices, and for later. */
export async function keepNews(
  { account, entry }: Looked,
  head: ManifestHead,
  granted: ReadonlyMap<number, Buffer>,
): Promise<void> {
  const admins = adminsOf(head);
  const known = account.current.directory.environments.find(({ id }) => id === entry.id);
  const isSame = sameList(known?.admins ?? [hex(ownFingerprint(account.current))], admins);
  if (known === undefined || (isSame && granted.size === 0)) return;
  const edit = (before: Account): Account => {
    const keys = new Map(before.keys);
    for (const [epoch, key] of granted) keys.set(keyName(entry.id, epoch), unpooled(key));
    const environments = before.directory.environments.map((each) =>
      each.id === entry.id ? { ...each, admins } : each,
    );
    return { ...before, keys, directory: { ...before.directory, environments } };
  };
  await account.change(edit).catch((error: unknown) => {
    // While nothing can be written, what was granted is used all the same, and asked for again by the next process.
    if (!isVaultError(error, "server-unreachable", "store-full", "store-read-only")) throw error;
  });
}

/** Own keys need no server; those of others come from it, and count for what they hash to. */
export async function identitiesFor(
  { deps, account }: Pick<Looked, "deps" | "account">,
  fingerprints: readonly string[],
): Promise<ReadonlyMap<string, PublicAccount>> {
  const { account: id, identity } = account.current;
  const own = hex(ownFingerprint(account.current));
  const others = fingerprints.filter((each) => each !== own);
  const found = new Map<string, PublicAccount>(others.length === 0 ? [] : await deps.store.sharing?.identities(others));
  if (others.length < fingerprints.length) found.set(own, { account: id, ...identity });
  return found;
}

export function ownFingerprint({ account, identity }: Account): Buffer {
  return fingerprint(account, identity);
}

/**
 * A vault that a person put back on this machine, from a backup or a server, whose newest manifest another member wrote:
 * nobody here knows their keys, and the MAC under the environment's key has to do. `keepAlone` ends that at once.
 */
function isFromServer({ deps, account, entry }: Looked, { author }: ManifestHead, seen: Seen | undefined): boolean {
  if (deps.store.sharing !== undefined || entry.shared !== undefined || seen !== undefined) return false;
  return !ownFingerprint(account.current).equals(author);
}

function followingOf(looked: Looked): Following {
  const { deps, account, entry, what } = looked;
  const own = ownFingerprint(account.current);
  const known = account.current.directory.environments.find(({ id }) => id === entry.id) ?? entry;
  return {
    what,
    owner: known.shared === undefined ? own : Buffer.from(known.shared.owner, "hex"),
    trusted: new Set([hex(own), ...(known.admins ?? [])]),
    readHead: (counter) => deps.store.readManifestHead(entry.id, counter),
    identities: (fingerprints) => identitiesFor(looked, fingerprints),
  };
}

async function takeKeys(looked: Looked, heads: readonly FollowedHead[]): Promise<ReadonlyMap<number, Buffer>> {
  const { deps, account, entry, what } = looked;
  const grants = deps.store.sharing && new GrantedKeys(deps.store.sharing, account.current, entry);
  const newest = heads.at(-1)!.head.epoch; // the one that is adopted is among them
  const taken = new Map<number, Buffer>();
  for (const epoch of new Set(heads.map(({ head }) => head.epoch))) {
    const group = heads.filter(({ head }) => head.epoch === epoch);
    const isRight = (key: Uint8Array): boolean => group.every(({ bytes }) => isMacedBy(bytes, key));
    const held = account.current.keys.get(keyName(entry.id, epoch));
    if (held !== undefined && isRight(held)) continue;
    // Also where a key is held: it may be of an epoch that this account began and another admin was first to write.
    const granted = await grants?.open(group);
    if (granted !== undefined && isRight(granted)) {
      taken.set(epoch, granted);
      continue;
    }
    wipe(granted);
    if (held !== undefined || granted !== undefined) throw damaged(`A manifest of ${what}`);
    // Of an epoch in which this account was no member there is no key, and no secret that it could read.
    if (epoch === newest) throw notGranted(what);
  }
  return taken;
}

function isMacedBy(head: Uint8Array, ek: Uint8Array): boolean {
  const macKey = deriveKey(ek, "ov1/ek/manifest");
  const isRight = isMaced(head, macKey);
  wipe(macKey);
  return isRight;
}

function sameList(one: readonly string[], other: readonly string[]): boolean {
  return [...one].sort().join() === [...other].sort().join();
}

function hex(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString("hex");
}
