import { asId, type Id } from "../../store/store.ts";
import { VaultError } from "../../vault-error.ts";
import { asContextName, type Context, type ContextName } from "../context.ts";
import type { Joining } from "../directory.ts";
import { type InviteKeys, openOffer, sealOffer } from "../invite-code.ts";
import type { Role } from "../manifest.ts";

/** What an invite offers, sealed under its code: who invites, into what, as what. */
export interface Offer {
  /** Fingerprint (hex) of who invites. */
  readonly inviter: string;
  readonly role: Role;
  readonly vault: Id;
  /** Fingerprint (hex) of whose environments they are. */
  readonly owner: string;
  readonly app: Id;
  /** As the owner calls them. */
  readonly appName: ContextName;
  readonly environments: readonly { readonly id: Id; readonly name: ContextName }[];
}

export function sealOfferFor(keys: InviteKeys, offer: Offer): Buffer {
  const { inviter, role, vault, owner, app, appName, environments } = offer;
  const list = environments.map(({ id, name }) => [id, name]);
  const sealed = sealOffer(keys, Buffer.from(JSON.stringify([1, inviter, role, vault, owner, app, appName, list])));
  if (sealed.length <= MAX_OFFER) return sealed;
  throw new VaultError(
    "limit-exceeded",
    `${environments.length} environments are too many for one invite. Invite to some of them, then to the others.`,
  );
}

/** Refuses what was not sealed under the code; or is of a newer version. */
export function openOfferOf(keys: InviteKeys, sealed: Uint8Array): Offer {
  const plain = openOffer(keys, sealed);
  const offer = plain && parse(plain);
  if (offer !== undefined) return offer;
  throw new VaultError(
    "vault-damaged",
    "What the server gives for this invite was not made with its code. Nothing of it was used. Tell who invited you.",
  );
}

export function contextsOf({ appName: app, environments }: Offer): readonly Context[] {
  return environments.map(({ name: environment }) => ({ app, environment }));
}

export function joiningOf(invite: Id, expires: number, offer: Offer, app: ContextName | undefined): Joining {
  const { inviter, owner, vault, appName } = offer;
  return {
    ...{ id: invite, expires, inviter, ...(app === undefined ? {} : { app }) },
    environments: offer.environments.map(({ id, name }) => ({
      ...{ id, owner, vault, app: offer.app },
      names: { app: appName, environment: name },
    })),
  };
}

/** The bytes are authentic: whoever has the code may still have written anything. */
function parse(bytes: Uint8Array): Offer | undefined {
  let fields: unknown;
  try {
    fields = JSON.parse(Buffer.from(bytes).toString("utf8"));
  } catch {
    return undefined;
  }
  if (!Array.isArray(fields) || fields[0] !== 1) return undefined;
  const [, inviter, role, vault, owner, app, appName, list]: unknown[] = fields;
  const known = ROLES.find((each) => each === role);
  const [vaultId, appId, name] = [idOf(vault), idOf(app), nameOf(appName)];
  if (!isFingerprint(inviter) || !isFingerprint(owner) || known === undefined || !Array.isArray(list)) return undefined;
  if (vaultId === undefined || appId === undefined || name === undefined) return undefined;
  const environments = list.flatMap((each: unknown) => {
    if (!Array.isArray(each)) return [];
    const [id, environment] = [idOf(each[0]), nameOf(each[1])];
    return id === undefined || environment === undefined ? [] : [{ id, name: environment }];
  });
  if (environments.length === 0 || environments.length !== list.length) return undefined;
  return { inviter, role: known, vault: vaultId, owner, app: appId, appName: name, environments };
}

const MAX_OFFER = 4096;
const ROLES = ["reader", "writer", "admin"] as const;

function isFingerprint(value: unknown): value is string {
  return typeof value === "string" && /^[0-9a-f]{64}$/.test(value);
}

function idOf(value: unknown): Id | undefined {
  return typeof value === "string" ? asId(value) : undefined;
}

function nameOf(value: unknown): ContextName | undefined {
  return typeof value === "string" ? asContextName(value) : undefined;
}
