import { hmacSha256 } from "../crypto/hash.ts";
import { deriveKey } from "../crypto/hkdf.ts";
import { pae } from "../crypto/pae.ts";
import { wipe } from "../crypto/wipe.ts";
import type { Context, SecretName } from "./context.ts";

/** The four keys that come from one environment key (EK) of one epoch, and the names that go into its path tags. */
export interface EnvironmentKeys {
  readonly wrap: Buffer;
  readonly index: Buffer;
  readonly manifest: Buffer;
  readonly audit: Buffer;
  /** As its owner calls it: all members make the same tags, whatever each of them calls it. */
  readonly names: Context;
}

export function environmentKeys(ek: Uint8Array, names: Context): EnvironmentKeys {
  return {
    wrap: deriveKey(ek, "ov1/ek/wrap"),
    index: deriveKey(ek, "ov1/ek/index"),
    manifest: deriveKey(ek, "ov1/ek/manifest"),
    audit: deriveKey(ek, "ov1/ek/audit"),
    names,
  };
}

export function wipeEnvironmentKeys(keys: EnvironmentKeys): void {
  wipe(keys.wrap, keys.index, keys.manifest, keys.audit);
}

/** What the store knows a secret by. It binds a record to its name: a value can't be served under another one. */
export function pathTag({ index, names }: EnvironmentKeys, name: SecretName): Buffer {
  return hmacSha256(index, pae("ov1/path", names.app, names.environment, name));
}
