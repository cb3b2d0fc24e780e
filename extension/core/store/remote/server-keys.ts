import { pae } from "../../crypto/pae.ts";
import { serverIdOf, serverWords } from "../../crypto/server-words.ts";
import { verify } from "../../crypto/signature.ts";
import { VaultError } from "../../vault-error.ts";
import { asBytes, asCount, asList, asNumber, asObject, parseObject } from "./json-shape.ts";
import { badAnswer, serverChanged } from "./server-error.ts";

/** A key document whose signature is right. Whose it is, `requirePinned` says. */
export interface ServerKeys {
  /** Ed25519; it signs the server's word on audit entries too. */
  readonly identity: Buffer;
  readonly serverId: Buffer;
  readonly sequence: number;
  readonly expiresAt: number;
  readonly keys: readonly ServerKey[];
}

export interface ServerKey {
  readonly id: Buffer;
  readonly publicKey: Buffer;
  readonly notBefore: number;
  readonly notAfter: number;
}

/** Refuses what is not signed by the identity that it names. Keys of suites that we don't know are left out. */
export function readServerKeys(document: Uint8Array): ServerKeys {
  const outer = document.length > MAX_DOCUMENT ? undefined : parseObject(document);
  const payload = asBytes(outer?.payload, MAX_DOCUMENT);
  const signature = asBytes(outer?.signature, 64);
  const inner = payload && parseObject(payload);
  const identity = asBytes(inner?.identity, 32);
  if (payload === undefined || signature === undefined || identity === undefined) throw badAnswer("its keys");
  if (!verify(identity, signature, pae("ov-keys/1", payload))) {
    throw serverChanged("The server's keys are not signed by the identity that they name.");
  }
  const sequence = asCount(inner?.sequence);
  const expiresAt = asNumber(inner?.expires_at);
  const keys = asList(inner?.keys, MAX_KEYS, (entry) => asKey(entry) ?? null);
  if (sequence === undefined || expiresAt === undefined || keys === undefined) throw badAnswer("its keys");
  const known = keys.filter((key) => key !== null);
  return { identity, serverId: serverIdOf(identity), sequence, expiresAt, keys: known };
}

/** The identity that a person chose, and no other. `pin` is a server id. */
export function requirePinned({ serverId }: ServerKeys, pin: Uint8Array, url: string): void {
  if (serverId.equals(pin)) return;
  throw serverChanged(
    `${url} has another identity than the one you confirmed. Confirmed: ${serverWords(pin).join(" ")}. Now: ${serverWords(serverId).join(" ")}.`,
  );
}

/** The key to seal with at a time (ms). Refuses an expired document: whoever repeats an old one may hold its keys. */
export function keyAt({ keys, expiresAt }: ServerKeys, now: number): ServerKey {
  if (now >= expiresAt) {
    throw serverChanged(
      `The server's key document expired at ${new Date(expiresAt).toISOString()}; the clock here says ${new Date(now).toISOString()}.`,
    );
  }
  if (keys.length === 0) {
    throw new VaultError(
      "format-unsupported",
      "The server has no key of a kind that this version knows. Update OpaqueVault.",
    );
  }
  const current = keys.filter(({ notBefore, notAfter }) => notBefore <= now && now < notAfter);
  // With a clock that is a little off, none may seem to be in its time: then the one that was begun last.
  const [first, ...rest] = current.length > 0 ? current : keys;
  return rest.reduce((newest, key) => (key.notBefore > newest.notBefore ? key : newest), first!);
}

function asKey(entry: unknown): ServerKey | undefined {
  const key = asObject(entry);
  if (key?.suite !== SUITE_NAME || typeof key.id !== "string" || !/^[0-9a-f]{16}$/.test(key.id)) return undefined;
  const publicKey = asBytes(key.public_key, PUBLIC_KEY_BYTES);
  const notBefore = asNumber(key.not_before);
  const notAfter = asNumber(key.not_after);
  if (publicKey?.length !== PUBLIC_KEY_BYTES || notBefore === undefined || notAfter === undefined) return undefined;
  return { id: Buffer.from(key.id, "hex"), publicKey, notBefore, notAfter };
}

export const MAX_DOCUMENT = 64 << 10;
const MAX_KEYS = 32;
const SUITE_NAME = "647a-0001-0002";
const PUBLIC_KEY_BYTES = 1216;
