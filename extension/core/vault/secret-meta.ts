import type { Id } from "../store/store.ts";
import { asSecretName, type SecretName } from "./context.ts";
import { damaged } from "./wire.ts";

/** What is encrypted beside a value, under the same key. */
export interface SecretMeta {
  readonly name: SecretName;
  readonly description: string;
  readonly tags: readonly string[];
  /** ms since 1970: of the first version, and of this one. */
  readonly created: number;
  readonly updated: number;
  /** Since when the value is this one, whatever was said of it later. Left out: since `updated`. */
  readonly valueSince?: number;
  /** The device that wrote this version. */
  readonly author: string;
  readonly rotateAfterDays?: number;
  /** Where the value is meant to go. */
  readonly allowedHosts: readonly string[];
  /** Programs get a placeholder; a value is put only into these places of requests. Left out: they get the value. */
  readonly placeholder?: readonly string[];
  readonly weak: boolean;
  /** A decoy: whoever uses it is not who they should be. Stays until the secret is purged. */
  readonly canary?: true;
  /** The value was seen where it may be read. Stays with the value, until another one is written. */
  readonly exposed?: Exposure;
  /** The version before this one, under the name and epoch that it has: history is a chain of hashes. */
  readonly previous?: PreviousVersion;
}

export interface Exposure {
  /** ms since 1970 */
  readonly since: number;
  /** One line for people, such as "left in 2 files by a run of ov run". */
  readonly why: string;
}

export interface PreviousVersion {
  readonly name: SecretName;
  readonly version: number;
  readonly epoch: number;
  readonly hash: string;
}

export interface RecordPlace {
  readonly vault: Id;
  readonly app: Id;
  readonly environment: Id;
  readonly epoch: number;
  readonly item: Id;
  readonly version: number;
  readonly pathTag: Uint8Array;
}

export function valueSinceOf({ valueSince, updated }: SecretMeta): number {
  return valueSince ?? updated;
}

export function encodeMeta(meta: SecretMeta): Buffer {
  return Buffer.from(JSON.stringify(meta), "utf8");
}

export function decodeMeta(bytes: Buffer): SecretMeta {
  const meta = JSON.parse(bytes.toString("utf8")) as SecretMeta; // authenticated, and written by encodeMeta
  if (asSecretName(meta.name) === undefined) throw damaged("A secret's record");
  return meta;
}
