import { open, seal } from "../crypto/aead.ts";
import { equal, hmacSha256, sha256 } from "../crypto/hash.ts";
import { deriveKey, extract } from "../crypto/hkdf.ts";
import { pae } from "../crypto/pae.ts";
import { randomBuffer } from "../crypto/random.ts";
import { unpooled, wipe } from "../crypto/wipe.ts";
import type { Id } from "../store/store.ts";
import { formatChecked, parseChecked } from "./checked-code.ts";
import { pad, unpad } from "./padding.ts";

/** What a colleague is given out of band: 128 random bits, and where to go with them. */
export interface InviteCode {
  readonly secret: Buffer;
  /** The server's own id: whoever has the code needs not compare words. */
  readonly serverId: Buffer;
  readonly url: string;
}

export const INVITE_SECRET_BYTES = 16;
/** An invite is good for seven days. */
export const INVITE_MS = 7 * 86_400_000;

export function formatInviteCode({ secret, serverId, url }: InviteCode): string {
  return formatChecked(PREFIX, Buffer.concat([secret, serverId, Buffer.from(url, "utf8")]));
}

/** Refuses with `argument-invalid` what has a typing error. That the invite is still good, only the server knows. */
export function parseInviteCode(text: string): InviteCode {
  const bytes = parseChecked(PREFIX, text, "invite code");
  return {
    secret: unpooled(bytes.subarray(0, INVITE_SECRET_BYTES)),
    serverId: Buffer.from(bytes.subarray(INVITE_SECRET_BYTES, INVITE_SECRET_BYTES + 32)),
    url: bytes.toString("utf8", INVITE_SECRET_BYTES + 32),
  };
}

/** What comes of the code's secret. The server gets `id`, and once `proof`; the other two never leave the clients. */
export interface InviteKeys {
  readonly id: Id;
  readonly proof: Buffer;
  readonly offer: Buffer;
  readonly mac: Buffer;
}

export function inviteKeys(secret: Uint8Array): InviteKeys {
  // 128 bits are fewer than a key has: extracted first (RFC 5869 §3.3).
  const key = extract(Buffer.from("ov1/invite"), secret);
  const id = deriveKey(key, "ov1/invite/id").toString("hex", 0, 16) as Id; // 16 bytes are always 32 hexadecimal digits
  const keys = {
    id,
    proof: deriveKey(key, "ov1/invite/proof"),
    offer: deriveKey(key, "ov1/invite/offer"),
    mac: deriveKey(key, "ov1/invite/mac"),
  };
  wipe(key);
  return keys;
}

export function wipeInviteKeys({ proof, offer, mac }: InviteKeys): void {
  wipe(proof, offer, mac);
}

/** What the server compares a proof with. */
export function inviteVerifier({ proof }: InviteKeys): Buffer {
  return sha256(proof);
}

/** Padded, so that the server doesn't learn how long the names are. */
export function sealOffer({ id, offer }: InviteKeys, content: Uint8Array): Buffer {
  const nonce = randomBuffer(12);
  return Buffer.concat([nonce, seal(offer, nonce, offerAad(id), pad(content, 256))]);
}

/** undefined = not sealed under this code. */
export function openOffer({ id, offer }: InviteKeys, sealed: Uint8Array): Buffer | undefined {
  if (sealed.length < 12) return undefined;
  const padded = open(offer, sealed.subarray(0, 12), offerAad(id), sealed.subarray(12));
  return padded && unpad(padded);
}

/** Proof of the one who has the code that these two identities belong together; by fingerprints. */
export function inviteMac({ mac }: InviteKeys, inviter: Uint8Array, invitee: Uint8Array, vault: Id): Buffer {
  return hmacSha256(mac, pae("ov1/invite", inviter, invitee, Buffer.from(vault, "hex")));
}

export function isInviteMac(
  keys: InviteKeys,
  given: Uint8Array,
  inviter: Uint8Array,
  invitee: Uint8Array,
  vault: Id,
): boolean {
  return equal(inviteMac(keys, inviter, invitee, vault), given);
}

const PREFIX = "ovi1_";

function offerAad(id: Id): Buffer {
  return pae("ov1/offer", Buffer.from(id, "hex"));
}
