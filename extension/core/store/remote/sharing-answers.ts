import { KEM_KEY_BYTES, SIGN_KEY_BYTES } from "../../vault/identity.ts";
import type { Id, MemberDevice, OwnInvite, PublicAccount } from "../store.ts";
import { asBytes, asCount, asHash, asIdOf, asList, asObject, type Json } from "./json-shape.ts";
import { badAnswer } from "./server-error.ts";

/** Nothing here is believed: who is behind a key, its fingerprint says. */
export function identitiesOf(body: Json | undefined): PublicAccount[] {
  const list = asList(body?.identities, MAX_PEOPLE, (value) => {
    const fields = asObject(value);
    const account = asIdOf(fields?.account);
    const signKey = asBytes(fields?.sign_key, SIGN_KEY_BYTES);
    const kemKey = asBytes(fields?.kem_key, KEM_KEY_BYTES);
    const isWhole = signKey?.length === SIGN_KEY_BYTES && kemKey?.length === KEM_KEY_BYTES;
    return account === undefined || !isWhole ? undefined : { account, signKey, kemKey };
  });
  return list ?? fail("the keys of members");
}

export function grantsOf(body: Json | undefined): { readonly epoch: number; readonly bytes: Buffer }[] {
  const list = asList(body?.grants, MAX_PAGE, (value) => {
    const fields = asObject(value);
    const [epoch, bytes] = [asCount(fields?.epoch), asBytes(fields?.bytes, MAX_GRANT)];
    return epoch === undefined || bytes === undefined ? undefined : { epoch, bytes };
  });
  return list ?? fail("the keys of an environment");
}

export function sharedOf(body: Json | undefined): { readonly ids: Id[]; readonly next: Id | undefined } {
  const ids = asList(body?.environments, MAX_PAGE, (value) => asIdOf(asObject(value)?.id));
  const next = asIdOf(body?.next);
  if (ids === undefined || (body?.next !== undefined && next === undefined)) throw badAnswer("shared environments");
  return { ids, next };
}

export function memberDevicesOf(body: Json | undefined): MemberDevice[] {
  const list = asList(body?.others, MAX_PEOPLE, (value) => {
    const fields = asObject(value);
    const [account, device] = [asIdOf(fields?.account), asIdOf(fields?.device)];
    return account === undefined || device === undefined ? undefined : { account, device };
  });
  return list ?? fail("the audit log");
}

export function invitesOf(body: Json | undefined): OwnInvite[] {
  const list = asList(body?.invites, MAX_PAGE, (value): OwnInvite | undefined => {
    const fields = asObject(value);
    const [id, expiresAt] = [asIdOf(fields?.id), asCount(fields?.expires_at)];
    if (id === undefined || expiresAt === undefined) return undefined;
    if (fields?.accepted === undefined) return { id, expiresAt };
    const taken = asObject(fields.accepted);
    const [account, fingerprint] = [asIdOf(taken?.account), asHash(taken?.fingerprint)];
    const mac = asBytes(taken?.mac, 32);
    if (account === undefined || fingerprint === undefined || mac === undefined) return undefined;
    return { id, expiresAt, accepted: { account, fingerprint, mac } };
  });
  return list ?? fail("your invites");
}

export function offerOf(body: Json | undefined): { readonly offer: Buffer; readonly expiresAt: number } {
  const [offer, expiresAt] = [asBytes(body?.offer, MAX_OFFER), asCount(body?.expires_at)];
  if (offer === undefined || expiresAt === undefined) throw badAnswer("an invite");
  return { offer, expiresAt };
}

const MAX_PAGE = 1000;
const MAX_PEOPLE = 200;
const MAX_GRANT = 4 << 10;
const MAX_OFFER = 4 << 10;

function fail(what: string): never {
  throw badAnswer(what);
}
