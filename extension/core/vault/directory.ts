import { asId, type Id } from "../store/store.ts";
import { asContextName, type Context, type ContextName } from "./context.ts";
import type { Role } from "./manifest.ts";
import { damaged } from "./wire.ts";

/** The names of apps and environments, and what is known of the people they are shared with. Stored encrypted. */
export interface Directory {
  readonly apps: readonly { readonly id: Id; readonly name: ContextName }[];
  readonly environments: readonly EnvironmentEntry[];
  /** Invites of this account that are open. */
  readonly invites?: readonly OpenInvite[];
  /** Invites that this account has accepted, until it has the keys. */
  readonly joining?: readonly Joining[];
  /** What this person calls others. */
  readonly people?: readonly Person[];
  /** SHA-256 of what proves the recovery code to a server, hex: for a vault that moves there later. */
  readonly recovery?: string;
  /** The account is a token's, in memory: what manifests say of that token holds for it. */
  readonly token?: Id;
}

export interface EnvironmentEntry {
  readonly id: Id;
  readonly app: Id;
  readonly name: ContextName;
  /** Fingerprints (hex) of the admins when this account last verified the manifest. Left out: this account alone. */
  readonly admins?: readonly string[];
  /** Only of somebody else's. */
  readonly shared?: SharedPlace;
}

/** What records and manifests of an environment are bound to: its owner's ids and names. */
export interface SharedPlace {
  /** Fingerprint, hex. */
  readonly owner: string;
  readonly vault: Id;
  readonly app: Id;
  readonly names: Context;
}

export interface OpenInvite {
  readonly id: Id;
  /** Of the code, hex. */
  readonly secret: string;
  readonly expires: number;
  readonly role: Role;
  readonly vault: Id;
  readonly environments: readonly Id[];
  /** What the invited one is to be called. */
  readonly name?: string;
}

export interface Joining {
  /** Of the invite. */
  readonly id: Id;
  readonly expires: number;
  /** Fingerprint (hex) of who invited: the code authenticated it. */
  readonly inviter: string;
  readonly environments: readonly (SharedPlace & { readonly id: Id })[];
  /** What this person will call the app; left out, as its owner does. */
  readonly app?: ContextName;
}

export interface Person {
  /** Hex. */
  readonly fingerprint: string;
  readonly name: string;
}

export const EMPTY_DIRECTORY: Directory = { apps: [], environments: [] };

export function encodeDirectory(directory: Directory): Buffer {
  return Buffer.from(JSON.stringify(directory), "utf8");
}

export function decodeDirectory(bytes: Buffer): Directory {
  const parsed = JSON.parse(bytes.toString("utf8")) as Directory; // authenticated, and written by encodeDirectory
  for (const app of parsed.apps) requireNamed(app);
  for (const entry of parsed.environments) {
    requireNamed(entry);
    requireId(entry.app);
  }
  return parsed;
}

export function findApp(directory: Directory, name: ContextName): Id | undefined {
  return directory.apps.find((app) => app.name === name)?.id;
}

export function findEnvironment(directory: Directory, context: Context): EnvironmentEntry | undefined {
  const app = findApp(directory, context.app);
  return directory.environments.find((entry) => entry.app === app && entry.name === context.environment);
}

// The bytes were authenticated: a wrong shape is a bug or a newer writer, and stops here.
function requireNamed({ id, name }: { readonly id: string; readonly name: string }): void {
  requireId(id);
  if (asContextName(name) === undefined) throw damaged("The vault's list of apps");
}

function requireId(text: string): void {
  if (asId(text) === undefined) throw damaged("The vault's list of apps");
}
