import { open, seal } from "../crypto/aead.ts";
import { pae, u8, u32, u64 } from "../crypto/pae.ts";
import { randomBuffer } from "../crypto/random.ts";
import { unpooled, wipe } from "../crypto/wipe.ts";
import type { EnvironmentKeys } from "./environment-keys.ts";
import { pad, unpad } from "./padding.ts";
import { decodeMeta, encodeMeta, type RecordPlace, type SecretMeta } from "./secret-meta.ts";
import { damaged, Reader, SUITE, Writer } from "./wire.ts";

/** A value is 1 to 65,536 bytes. */
export const MAX_VALUE_BYTES = 65_536;

/** A version of a secret, of the settings of its environment, or of a rotation under way. None opens as another. */
export type RecordKind = "secret" | "settings" | "rotation";

export function sealRecord(keys: EnvironmentKeys, place: RecordPlace, meta: SecretMeta, value: Uint8Array): Buffer {
  return sealParts(keys, place, "secret", encodeMeta(meta), value);
}

/** Random 96-bit nonces are safe for 2^32 uses of one key (NIST SP 800-38D §8.3); every record gets a key of its own. */
export function sealParts(
  keys: EnvironmentKeys,
  place: RecordPlace,
  kind: RecordKind,
  meta: Uint8Array,
  value: Uint8Array,
): Buffer {
  const dek = randomBuffer(32);
  const paddedMeta = pad(meta, 256);
  const paddedValue = pad(value, 64);
  const [nonceK, nonceM, nonceV] = [randomBuffer(12), randomBuffer(12), randomBuffer(12)];
  try {
    return writeHeader(place, kind)
      .bytes(nonceK)
      .bytes(seal(keys.wrap, nonceK, recordAad(kind, "dek", place), dek))
      .bytes(nonceM)
      .sized(seal(dek, nonceM, recordAad(kind, "meta", place), paddedMeta))
      .bytes(nonceV)
      .bytes(seal(dek, nonceV, recordAad(kind, "value", place), paddedValue))
      .finish();
  } finally {
    wipe(dek, paddedMeta, paddedValue);
  }
}

export function openMeta(keys: EnvironmentKeys, place: RecordPlace, record: Uint8Array): SecretMeta {
  return decodeMeta(openMetaBytes(keys, place, record, "secret"));
}

export function openMetaBytes(keys: EnvironmentKeys, place: RecordPlace, record: Uint8Array, kind: RecordKind): Buffer {
  return withParts(keys, place, kind, record, (dek, parts) => {
    const padded = open(dek, parts.nonceM, recordAad(kind, "meta", place), parts.meta);
    const bytes = padded && unpad(padded);
    if (bytes === undefined) throw damaged(WHAT);
    return bytes;
  });
}

/** The value, in a buffer that is the caller's to wipe. */
export function openValue(
  keys: EnvironmentKeys,
  place: RecordPlace,
  record: Uint8Array,
  kind: RecordKind = "secret",
): Buffer {
  return withParts(keys, place, kind, record, (dek, parts) => {
    const padded = open(dek, parts.nonceV, recordAad(kind, "value", place), parts.value);
    const bytes = padded && unpad(padded);
    if (padded === undefined || bytes === undefined) throw damaged(WHAT);
    const value = unpooled(bytes);
    wipe(padded);
    return value;
  });
}

const MAGIC = "OVR1";
const KINDS = {
  secret: { byte: 1, label: "ov1/secret" },
  settings: { byte: 2, label: "ov1/settings" },
  rotation: { byte: 3, label: "ov1/rotation" },
} as const satisfies Record<RecordKind, { readonly byte: number; readonly label: string }>;
const WHAT = "A secret's record";

interface RecordParts {
  readonly nonceM: Buffer;
  readonly meta: Buffer;
  readonly nonceV: Buffer;
  readonly value: Buffer;
}

function withParts<T>(
  keys: EnvironmentKeys,
  place: RecordPlace,
  kind: RecordKind,
  record: Uint8Array,
  use: (dek: Buffer, parts: RecordParts) => T,
): T {
  const reader = new Reader(record, WHAT);
  reader.magic(MAGIC);
  reader.suite();
  if (!isHeaderOf(reader, place, kind)) throw damaged(WHAT);
  const nonceK = reader.bytes(12);
  const dek = open(keys.wrap, nonceK, recordAad(kind, "dek", place), reader.bytes(48));
  if (dek === undefined) throw damaged(WHAT);
  try {
    return use(dek, { nonceM: reader.bytes(12), meta: reader.sized(), nonceV: reader.bytes(12), value: reader.rest() });
  } finally {
    wipe(dek);
  }
}

function writeHeader(place: RecordPlace, kind: RecordKind): Writer {
  return new Writer()
    .bytes(Buffer.from(MAGIC, "latin1"))
    .u8(SUITE)
    .u8(KINDS[kind].byte)
    .u32(place.epoch)
    .u64(place.version)
    .id(place.item);
}

/** The rest of the header, after magic and suite. */
function isHeaderOf(reader: Reader, place: RecordPlace, kind: RecordKind): boolean {
  const [found, epoch, version, item] = [reader.u8(), reader.u32(), reader.u64(), reader.id()];
  return found === KINDS[kind].byte && epoch === place.epoch && version === place.version && item === place.item;
}

/**
 * Binds every part to its place and kind: no field, item, version or name can be served as another. Those of one
 * environment differ in the last pieces alone, whose widths are fixed: a listing makes twenty thousand.
 */
function recordAad(kind: RecordKind, part: Part, place: RecordPlace): Buffer {
  const { vault, app, environment, epoch, item, version, pathTag } = place;
  const key = [kind, part, vault, app, environment, epoch].join();
  const last = lastAads.get(part);
  if (pathTag.length !== PATH_TAG_BYTES) return wholeAad(kind, part, place);
  if (last?.key !== key) {
    const bytes = wholeAad(kind, part, place);
    lastAads.set(part, { key, bytes });
    return Buffer.from(bytes);
  }
  const aad = Buffer.from(last.bytes);
  aad.write(item, aad.length - PATH_TAG_BYTES - 8 - 8 - 8 - 16, "hex");
  aad.set(u64(version), aad.length - PATH_TAG_BYTES - 8 - 8);
  aad.set(pathTag, aad.length - PATH_TAG_BYTES);
  return aad;
}

type Part = "dek" | "meta" | "value";
/** The last one of each part. Nothing in it is secret. */
const lastAads = new Map<Part, { readonly key: string; readonly bytes: Buffer }>();
const PATH_TAG_BYTES = 32;

function wholeAad(kind: RecordKind, part: Part, place: RecordPlace): Buffer {
  return pae(
    KINDS[kind].label,
    part,
    u8(SUITE),
    Buffer.from(place.vault, "hex"),
    Buffer.from(place.app, "hex"),
    Buffer.from(place.environment, "hex"),
    u32(place.epoch),
    Buffer.from(place.item, "hex"),
    u64(place.version),
    place.pathTag,
  );
}
