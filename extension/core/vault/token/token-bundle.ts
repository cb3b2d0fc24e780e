import { open, seal } from "../../crypto/aead.ts";
import { pae } from "../../crypto/pae.ts";
import { randomBuffer } from "../../crypto/random.ts";
import type { Id } from "../../store/store.ts";
import type { SharedPlace } from "../directory.ts";
import { pad, unpad } from "../padding.ts";
import { damaged } from "../wire.ts";

/** What a token knows of its environments before it asks: a machine has no state, so it must be told whom to believe. */
export interface TokenBundle {
  readonly name: string;
  readonly environments: readonly (SharedPlace & {
    readonly id: Id;
    /** Fingerprints (hex) of the admins when the token was made. */
    readonly admins: readonly string[];
  })[];
}

/** Sealed under the token's own secret, which the server never has: it can withhold the bundle, and change nothing in it. */
export function sealBundle(key: Uint8Array, token: Id, bundle: TokenBundle): Buffer {
  const nonce = randomBuffer(12);
  return Buffer.concat([nonce, seal(key, nonce, aad(token), pad(Buffer.from(JSON.stringify(bundle), "utf8"), 256))]);
}

export function openBundle(key: Uint8Array, token: Id, sealed: Uint8Array): TokenBundle {
  const padded = sealed.length < 12 ? undefined : open(key, sealed.subarray(0, 12), aad(token), sealed.subarray(12));
  const plain = padded && unpad(padded);
  if (plain === undefined) throw damaged("What belongs to the token");
  return JSON.parse(plain.toString("utf8")) as TokenBundle; // authenticated, and written by sealBundle
}

function aad(token: Id): Buffer {
  return pae("ov1/token-bundle", Buffer.from(token, "hex"));
}
