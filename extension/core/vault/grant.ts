import { equal } from "../crypto/hash.ts";
import { deriveKey } from "../crypto/hkdf.ts";
import { setupRecipient, setupSender } from "../crypto/hpke.ts";
import { KEM_LENGTHS } from "../crypto/hybrid-kem.ts";
import { pae, u32 } from "../crypto/pae.ts";
import { sign, verify } from "../crypto/signature.ts";
import { wipe } from "../crypto/wipe.ts";
import type { Id } from "../store/store.ts";
import type { Role } from "./manifest.ts";
import { damaged, Reader, Writer } from "./wire.ts";

/** What a grant is for. All of it is authenticated: a grant fits one environment, epoch, granter, holder and role. */
export interface GrantPlace {
  readonly vault: Id;
  readonly environment: Id;
  readonly epoch: number;
  /** Fingerprint of the admin who grants. */
  readonly granter: Uint8Array;
  /** Fingerprint of a member, or SHA-256 of a token's X-Wing key. */
  readonly holder: Uint8Array;
  readonly role: Role | "token";
}

/** An environment's key of one epoch for one holder, sealed to the holder's X-Wing key and signed by the granter. */
export function sealGrant(
  ek: Uint8Array,
  place: GrantPlace,
  to: { readonly kemKey: Uint8Array },
  by: { readonly account: Id; readonly signSeed: Uint8Array },
): Buffer {
  const sender = setupSender(to.kemKey, placeBytes(place));
  if (sender === undefined) throw damaged("A member's public key");
  const commitment = deriveKey(ek, COMMIT_LABEL);
  const body = new Writer()
    .id(by.account)
    .u32(place.epoch)
    .bytes(commitment)
    .bytes(sender.enc)
    .bytes(sender.context.seal(placeBytes(place), ek))
    .finish();
  sender.context.close();
  return Buffer.concat([body, sign(by.signSeed, signedBytes(place, body))]);
}

/**
 * The environment's key, to be wiped by the caller; `vault-damaged` unless all of it is as it should be. Whether the
 * granter may grant is the caller's to know: they must be an admin of the last manifest that was verified.
 */
export function openGrant(
  grant: Uint8Array,
  place: GrantPlace,
  kemSeed: Uint8Array,
  granter: { readonly account: Id; readonly signKey: Uint8Array },
): Buffer {
  const { account, epoch, commitment, enc, sealed, body, signature } = read(grant);
  const isHere = account === granter.account && epoch === place.epoch;
  if (!isHere || !verify(granter.signKey, signature, signedBytes(place, body))) throw damaged(WHAT);
  const recipient = setupRecipient(enc, kemSeed, placeBytes(place));
  const ek = recipient?.open(placeBytes(place), sealed);
  recipient?.close();
  if (ek === undefined) throw damaged(WHAT);
  const committed = deriveKey(ek, COMMIT_LABEL);
  if (equal(committed, commitment)) return ek;
  wipe(ek);
  throw damaged(WHAT);
}

/** Who says to have made it, and for which epoch: to find the key that verifies it. Nothing to be believed yet. */
export function peekGrant(grant: Uint8Array): { readonly account: Id; readonly epoch: number } {
  const { account, epoch } = read(grant);
  return { account, epoch };
}

const WHAT = "A grant of an environment's key";
const COMMIT_LABEL = "ov1/ek/commit";

function read(grant: Uint8Array) {
  const reader = new Reader(grant, WHAT);
  const parts = {
    account: reader.id(),
    epoch: reader.u32(),
    commitment: reader.bytes(32),
    enc: reader.bytes(KEM_LENGTHS.enc),
    sealed: reader.bytes(32 + 16),
    body: reader.taken(),
    signature: reader.bytes(64),
  };
  reader.end();
  return parts;
}

function placeBytes({ vault, environment, epoch, granter, holder, role }: GrantPlace): Buffer {
  const [vaultId, environmentId] = [Buffer.from(vault, "hex"), Buffer.from(environment, "hex")];
  return pae("ov1/grant", vaultId, environmentId, u32(epoch), granter, holder, role);
}

function signedBytes(place: GrantPlace, body: Uint8Array): Buffer {
  return pae("ov1/grant-signature", placeBytes(place), body);
}
