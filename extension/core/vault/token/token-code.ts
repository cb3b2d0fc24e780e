import { deriveKey } from "../../crypto/hkdf.ts";
import { randomBuffer } from "../../crypto/random.ts";
import { unpooled, wipe } from "../../crypto/wipe.ts";
import type { Id } from "../../store/store.ts";
import { formatChecked, parseChecked } from "../checked-code.ts";

/** What a machine is given: all that it needs, and all that it has. */
export interface TokenCode {
  readonly id: Id;
  readonly secret: Buffer;
  /** The server's own id: a machine compares no words. */
  readonly serverId: Buffer;
  readonly url: string;
}

export function newTokenSecret(): Buffer {
  return randomBuffer(SECRET_BYTES);
}

export function formatTokenCode({ id, secret, serverId, url }: TokenCode): string {
  const bytes = Buffer.concat([Buffer.from(id, "hex"), secret, serverId, Buffer.from(url, "utf8")]);
  const text = formatChecked(TOKEN_PREFIX, bytes);
  wipe(bytes);
  return text;
}

/** Refuses with `argument-invalid` what has a typing error. That the token is still good, only the server knows. */
export function parseTokenCode(text: string): TokenCode {
  const bytes = parseChecked(TOKEN_PREFIX, text, "token");
  const code = {
    id: bytes.toString("hex", 0, ID_BYTES) as Id, // 16 bytes are always 32 hexadecimal digits
    secret: unpooled(bytes.subarray(ID_BYTES, SERVER_AT)),
    serverId: Buffer.from(bytes.subarray(SERVER_AT, SERVER_AT + 32)),
    url: bytes.toString("utf8", SERVER_AT + 32),
  };
  wipe(bytes);
  return code;
}

/** What comes of the secret: the server gets `transport`; grants are sealed to the key of `kemSeed`. */
export interface TokenKeys {
  readonly transport: Buffer;
  readonly kemSeed: Buffer;
  readonly bundle: Buffer;
}

export function tokenKeys(secret: Uint8Array): TokenKeys {
  return {
    transport: deriveKey(secret, "ov1/token/transport"),
    kemSeed: deriveKey(secret, "ov1/token/kem"),
    bundle: deriveKey(secret, "ov1/token/bundle"),
  };
}

export function wipeTokenKeys({ transport, kemSeed, bundle }: TokenKeys): void {
  wipe(transport, kemSeed, bundle);
}

export const TOKEN_PREFIX = "ovt1_";
const ID_BYTES = 16;
const SECRET_BYTES = 32;
const SERVER_AT = ID_BYTES + SECRET_BYTES;
