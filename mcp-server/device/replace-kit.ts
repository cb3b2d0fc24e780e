import { randomBuffer } from "#core/crypto/random.ts";
import { serverWords } from "#core/crypto/server-words.ts";
import { wipe } from "#core/crypto/wipe.ts";
import { kitOf, type RecoveryKit } from "#core/recovery/recovery-kit.ts";
import { CODE_BYTES, formatRecoveryCode } from "#core/vault/recovery-code.ts";
import type { Session } from "#core/vault/session.ts";
import { unlockVault } from "#core/vault/vault.ts";
import type { Paths } from "./paths.ts";
import { thisVault } from "./this-vault.ts";
import { readUserConfig } from "./user-config.ts";

/**
 * A new recovery kit of this device's vault. The code of the old one works until `handOver` resolves, which it does once
 * the person has confirmed the new one: who gives up half way (it throws) keeps what they had. Refuses with
 * `wrong-password`. The caller wipes the password.
 */
export async function replaceKit(
  paths: Paths,
  password: Uint8Array,
  handOver: (kit: RecoveryKit) => Promise<void>,
): Promise<void> {
  const code = randomBuffer(CODE_BYTES);
  try {
    const session = await unlockVault(await thisVault(paths), password);
    try {
      await handOver(await kitFor(paths, session, formatRecoveryCode(code)));
      await session.newRecoveryCode(password, code);
    } finally {
      session.lock();
    }
  } finally {
    wipe(code);
  }
}

/** The kit of an open vault for a code, with the server that this device uses. */
export function kitFor(paths: Paths, session: Session, code: string): Promise<RecoveryKit> {
  const { server: url, server_id: pin } = readUserConfig(paths.config);
  const server =
    url === undefined || pin === undefined ? undefined : { url, words: serverWords(Buffer.from(pin, "hex")) };
  return kitOf(session, code, server);
}
