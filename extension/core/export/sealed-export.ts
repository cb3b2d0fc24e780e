import { open, seal } from "../crypto/aead.ts";
import { equal } from "../crypto/hash.ts";
import { deriveKey } from "../crypto/hkdf.ts";
import { pae, u64 } from "../crypto/pae.ts";
import { asKdfProfile, passphraseKey } from "../crypto/passphrase-key.ts";
import { randomBuffer } from "../crypto/random.ts";
import { keyBuffer, wipe } from "../crypto/wipe.ts";
import { Reader, SUITE, Writer } from "../vault/wire.ts";
import { VaultError } from "../vault-error.ts";
import { decodeEnvironments, encodeEnvironments } from "./export-body.ts";
import type { ExportedEnvironment } from "./exported-secret.ts";

export const EXPORT_MAGIC = "OVX1";

/**
 * An export under a passphrase of its own, to be imported into any vault:
 * `"OVX1" | suite | profile | id 16 | salt 16 | commitment 32`, then chunks of 64 KiB, each sealed with its number as the
 * nonce and a mark on the last: none can be changed, swapped, left out or cut off (the STREAM construction, as in age).
 * The key is Argon2id's of this passphrase, id and salt, so no two exports share one. The size tells 64 KiB steps.
 */
export async function sealExport(
  environments: readonly ExportedEnvironment[],
  passphrase: Uint8Array,
): Promise<Buffer> {
  const [id, salt] = [randomBuffer(16), randomBuffer(16)];
  const keys = keysOf(await passphraseKey(passphrase, id, salt, PROFILE));
  const body = encodeEnvironments(environments, CHUNK);
  try {
    const header = new Writer()
      .bytes(Buffer.from(EXPORT_MAGIC, "latin1"))
      .u8(SUITE)
      .u8(PROFILE)
      .bytes(id)
      .bytes(salt)
      .bytes(keys.commitment)
      .finish();
    const chunks: Buffer[] = [header];
    for (let at = 0; at < body.length; at += CHUNK) {
      const nonce = nonceOf(at / CHUNK, at + CHUNK === body.length);
      chunks.push(seal(keys.seal, nonce, pae("ov1/export", header), body.subarray(at, at + CHUNK)));
    }
    return Buffer.concat(chunks);
  } finally {
    wipe(keys.seal, body);
  }
}

/** Refuses with `wrong-password`, or with `backup-invalid` what is cut or was changed. The values are the caller's to wipe. */
export async function openExport(bytes: Uint8Array, passphrase: Uint8Array): Promise<readonly ExportedEnvironment[]> {
  const reader = new Reader(bytes, "The export");
  const header = readHeader(reader);
  const keys = keysOf(await passphraseKey(passphrase, header.id, header.salt, header.profile));
  // First of all: AES-GCM alone can be made to open under two keys.
  if (!equal(keys.commitment, header.commitment)) {
    wipe(keys.seal);
    throw new VaultError(
      "wrong-password",
      "That is not the passphrase of this export. Nothing was imported. Try again.",
    );
  }
  const sealed = reader.rest();
  const count = sealed.length / SEALED_CHUNK;
  if (!Number.isInteger(count) || count === 0) throw invalid();
  const body = keyBuffer(count * CHUNK);
  try {
    for (let n = 0; n < count; n++) {
      const chunk = sealed.subarray(n * SEALED_CHUNK, (n + 1) * SEALED_CHUNK);
      const plain = open(keys.seal, nonceOf(n, n === count - 1), pae("ov1/export", header.bytes), chunk);
      if (plain === undefined) throw invalid();
      body.set(plain, n * CHUNK);
      wipe(plain);
    }
    return decodeEnvironments(body);
  } finally {
    wipe(keys.seal, body);
  }
}

function readHeader(reader: Reader) {
  try {
    reader.magic(EXPORT_MAGIC);
    reader.suite();
    const profile = asKdfProfile(reader.u8());
    if (profile === undefined) throw invalid();
    return {
      profile,
      id: reader.bytes(16),
      salt: reader.bytes(16),
      commitment: reader.bytes(32),
      bytes: reader.taken(),
    };
  } catch (error) {
    if (error instanceof VaultError && error.code === "format-unsupported") throw error;
    throw invalid();
  }
}

function keysOf(kek: Buffer): { readonly seal: Buffer; readonly commitment: Buffer } {
  const keys = { seal: deriveKey(kek, "ov1/export/seal"), commitment: deriveKey(kek, "ov1/export/commit") };
  wipe(kek);
  return keys;
}

/** Each key seals one export, so a counter is a nonce that never comes twice. */
function nonceOf(chunk: number, isLast: boolean): Buffer {
  return Buffer.concat([Buffer.alloc(3), u64(chunk), Buffer.of(isLast ? 1 : 0)]);
}

function invalid(): VaultError {
  return new VaultError(
    "backup-invalid",
    "The export is cut, damaged or was changed. Nothing was imported. Use another copy.",
  );
}

/** Such a file travels, and whoever finds it has all the time: the profile that costs more. */
const PROFILE = 2;
const CHUNK = 64 * 1024;
const SEALED_CHUNK = CHUNK + 16;
