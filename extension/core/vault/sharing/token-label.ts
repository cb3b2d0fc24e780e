import { open, seal } from "../../crypto/aead.ts";
import { deriveKey } from "../../crypto/hkdf.ts";
import { pae, u32 } from "../../crypto/pae.ts";
import { randomBuffer } from "../../crypto/random.ts";
import { wipe } from "../../crypto/wipe.ts";
import type { Id } from "../../store/store.ts";
import { pad, unpad } from "../padding.ts";

/** Under which environment key. */
export interface LabelPlace {
  readonly environment: Id;
  readonly epoch: number;
}

/** A token's name for the admins of its first environment; the server keeps it unread. `environment 16 | epoch u32 | nonce 12 | text`. */
export function sealLabel(ek: Uint8Array, place: LabelPlace, name: string): Buffer {
  const nonce = randomBuffer(12);
  const head = headOf(place);
  const key = deriveKey(ek, "ov1/ek/token-label");
  const sealed = seal(key, nonce, pae("ov1/token-label", head), pad(Buffer.from(name, "utf8"), 64));
  wipe(key);
  return Buffer.concat([head, nonce, sealed]);
}

/** undefined = the key is not there, or it is none of ours. */
export function openLabel(
  label: Uint8Array,
  keyOf: (environment: Id, epoch: number) => Uint8Array | undefined,
): string | undefined {
  const bytes = Buffer.from(label);
  if (bytes.length < HEAD + NONCE) return undefined;
  const ek = keyOf(bytes.toString("hex", 0, 16) as Id, bytes.readUInt32BE(16)); // 16 bytes are always 32 digits
  if (ek === undefined) return undefined;
  const key = deriveKey(ek, "ov1/ek/token-label");
  const head = bytes.subarray(0, HEAD);
  const padded = open(
    key,
    bytes.subarray(HEAD, HEAD + NONCE),
    pae("ov1/token-label", head),
    bytes.subarray(HEAD + NONCE),
  );
  wipe(key);
  return padded && unpad(padded)?.toString("utf8");
}

const HEAD = 20;
const NONCE = 12;

function headOf({ environment, epoch }: LabelPlace): Buffer {
  return Buffer.concat([Buffer.from(environment, "hex"), u32(epoch)]);
}
