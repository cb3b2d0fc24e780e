import { open, seal } from "./aead.ts";
import { expand, extract } from "./hkdf.ts";
import { type HpkeContext, type Psk, SUITE, setupRecipient, setupSender } from "./hpke.ts";
import { randomBuffer } from "./random.ts";
import { wipe } from "./wipe.ts";

/** One call, as it is inside of the seal. */
export interface InnerRequest {
  readonly method: Method;
  /** With its query, such as `/environments/…?have=3`. */
  readonly path: string;
  /** ms since 1970, by the sender's clock. */
  readonly time: number;
  /** 16 random bytes: the same call sent again has the same one. */
  readonly requestId: Uint8Array;
  readonly body: Uint8Array;
}

export interface InnerResponse {
  readonly status: number;
  readonly body: Uint8Array;
}

export const METHODS = ["GET", "PUT", "POST", "DELETE"] as const;
export type Method = (typeof METHODS)[number];

/** The key that a server is called with, and the server that it is of. */
export interface SealKey {
  readonly keyId: Uint8Array;
  /** SHA-256 of the server's identity: a request for one server opens at no other. */
  readonly serverId: Uint8Array;
}

/** What is read of a sealed request before it is opened. */
export interface SealHeader {
  readonly keyId: Buffer;
  /** The device or token whose secret seals it; undefined in base mode, which only enrolment uses. */
  readonly pskId: Buffer | undefined;
}

/** A request on its way, and how its answer is opened. */
export interface SealedCall {
  readonly bytes: Buffer;
  /** undefined = not the answer to this call. Call it once. */
  openResponse(bytes: Uint8Array): InnerResponse | undefined;
}

/** Seals a call to the holder of `publicKey`; undefined = not a public key. See docs/transport.md. */
export function sealRequest(
  key: SealKey & { readonly publicKey: Uint8Array },
  request: InnerRequest,
  psk: Psk | undefined,
): SealedCall | undefined {
  const header = encodeHeader(key.keyId, psk?.id);
  const sender = setupSender(key.publicKey, infoOf(header, key.serverId), psk);
  if (sender === undefined) return undefined;
  const { enc, context } = sender;
  const plain = padded(encodeRequest(request));
  const bytes = Buffer.concat([header, enc, context.seal(EMPTY, plain)]);
  wipe(plain);
  const secret = context.export(RESPONSE_LABEL, 32);
  context.close();
  return {
    bytes,
    openResponse: (sealed) => {
      const opened = openResponse(secret, enc, sealed);
      wipe(secret);
      return opened;
    },
  };
}

/** The header of a sealed request; undefined = not a request of this version and suite, or cut. */
export function readSealHeader(bytes: Uint8Array): SealHeader | undefined {
  if (bytes.length < HEADER_BYTES + ENC_BYTES + MIN_PLAIN + 16) return undefined;
  const header = Buffer.from(bytes.buffer, bytes.byteOffset, HEADER_BYTES);
  if (header[0] !== VERSION || !header.subarray(9, 15).equals(SUITE_BYTES)) return undefined;
  const mode = header[15];
  const pskId = header.subarray(16, 32);
  if (mode === 0)
    return pskId.some((byte) => byte !== 0) ? undefined : { keyId: header.subarray(1, 9), pskId: undefined };
  return mode === 1 ? { keyId: header.subarray(1, 9), pskId } : undefined;
}

/** A request that was opened, and how it is answered. */
export interface OpenedCall {
  readonly request: InnerRequest;
  /** SHA-256's input for a replay cache: no two calls have the same. */
  readonly enc: Buffer;
  sealResponse(response: InnerResponse): Buffer;
}

/** Opens a request; undefined = not authentic, for another server, or with another secret than `psk`. */
export function openRequest(
  bytes: Uint8Array,
  key: SealKey & { readonly seed: Uint8Array },
  psk: Psk | undefined,
  decapsulate?: (seed32: Uint8Array, enc: Uint8Array) => Buffer | undefined,
): OpenedCall | undefined {
  const header = Buffer.from(bytes.subarray(0, HEADER_BYTES));
  const enc = Buffer.from(bytes.subarray(HEADER_BYTES, HEADER_BYTES + ENC_BYTES));
  const context = setupRecipient(enc, key.seed, infoOf(header, key.serverId), psk, decapsulate);
  if (context === undefined) return undefined;
  const plain = context.open(EMPTY, bytes.subarray(HEADER_BYTES + ENC_BYTES));
  const request = plain && decodeRequest(plain);
  if (request === undefined) {
    context.close();
    return undefined;
  }
  return { request, enc, sealResponse: (response) => sealResponse(context, enc, response) };
}

/** RFC 9458 §4.4, with a label and a nonce length of our own. */
function sealResponse(context: HpkeContext, enc: Uint8Array, { status, body }: InnerResponse): Buffer {
  const secret = context.export(RESPONSE_LABEL, 32);
  context.close();
  const nonce = randomBuffer(32);
  const keys = responseKeys(secret, enc, nonce);
  const head = Buffer.alloc(6);
  head.writeUInt16BE(status, 0);
  head.writeUInt32BE(body.length, 2);
  const sealed = seal(keys.key, keys.nonce, EMPTY, padded(Buffer.concat([head, body])));
  wipe(secret, keys.key);
  return Buffer.concat([nonce, sealed]);
}

function openResponse(secret: Uint8Array, enc: Uint8Array, bytes: Uint8Array): InnerResponse | undefined {
  if (bytes.length < 32 + MIN_PLAIN + 16) return undefined;
  const keys = responseKeys(secret, enc, bytes.subarray(0, 32));
  const plain = open(keys.key, keys.nonce, EMPTY, bytes.subarray(32));
  wipe(keys.key);
  if (plain === undefined || plain.length < 6) return undefined;
  const length = plain.readUInt32BE(2);
  return length > plain.length - 6 ? undefined : { status: plain.readUInt16BE(0), body: plain.subarray(6, 6 + length) };
}

function responseKeys(secret: Uint8Array, enc: Uint8Array, nonce: Uint8Array): { key: Buffer; nonce: Buffer } {
  const prk = extract(Buffer.concat([enc, nonce]), secret);
  const keys = { key: expand(prk, Buffer.from("key"), 32), nonce: expand(prk, Buffer.from("nonce"), 12) };
  wipe(prk);
  return keys;
}

function encodeHeader(keyId: Uint8Array, pskId: Uint8Array | undefined): Buffer {
  if (keyId.length !== 8 || (pskId !== undefined && pskId.length !== 16)) {
    throw new RangeError("A key id has 8 bytes, and the id of a device or token 16.");
  }
  const mode = Buffer.of(pskId === undefined ? 0 : 1);
  return Buffer.concat([Buffer.of(VERSION), keyId, SUITE_BYTES, mode, pskId ?? Buffer.alloc(16)]);
}

function infoOf(header: Uint8Array, serverId: Uint8Array): Buffer {
  return Buffer.concat([Buffer.from("ov-seal/1 req\0"), header, serverId]);
}

function encodeRequest({ method, path, time, requestId, body }: InnerRequest): Buffer {
  const name = Buffer.from(path, "utf8");
  if (requestId.length !== 16) throw new RangeError("A request id has 16 bytes.");
  const head = Buffer.alloc(11);
  head.writeUInt8(METHODS.indexOf(method), 0);
  head.writeBigUInt64BE(BigInt(time), 1);
  head.writeUInt16BE(name.length, 9);
  const length = Buffer.alloc(4);
  length.writeUInt32BE(body.length);
  return Buffer.concat([head, name, requestId, length, body]);
}

function decodeRequest(plain: Buffer): InnerRequest | undefined {
  if (plain.length < 11) return undefined;
  const method = METHODS[plain.readUInt8(0)];
  const time = Number(plain.readBigUInt64BE(1));
  const at = 11 + plain.readUInt16BE(9);
  if (method === undefined || !Number.isSafeInteger(time) || plain.length < at + 20) return undefined;
  const length = plain.readUInt32BE(at + 16);
  const end = at + 20 + length;
  if (end > plain.length || plain.subarray(end).some((byte) => byte !== 0)) return undefined;
  const requestId = plain.subarray(at, at + 16);
  return { method, path: plain.toString("utf8", 11, at), time, requestId, body: plain.subarray(at + 20, end) };
}

/** Zeros up to 512 bytes, 1,024, 2,048 …: sizes tell little of what was asked. */
function padded(bytes: Buffer): Buffer {
  let size = MIN_PLAIN;
  while (size < bytes.length) size *= 2;
  const all = Buffer.alloc(size);
  bytes.copy(all);
  wipe(bytes);
  return all;
}

const VERSION = 0x01;
const HEADER_BYTES = 32;
const ENC_BYTES = 1120;
const MIN_PLAIN = 512;
const SUITE_BYTES = Buffer.of(SUITE.kem >>> 8, SUITE.kem & 0xff, 0, SUITE.kdf, 0, SUITE.aead);
const RESPONSE_LABEL = Buffer.from("ov-seal/1 res");
const EMPTY = new Uint8Array(0);
