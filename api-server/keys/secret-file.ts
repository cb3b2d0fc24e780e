import { chmod, link, open, readFile, rm } from "node:fs/promises";
import { dirname } from "node:path";
import { newId, randomBuffer } from "#core/crypto/random.ts";
import { unpooled } from "#core/crypto/wipe.ts";

/** What no database may hold. A restore needs this file: without it no client knows the server, and no device gets in. */
export interface ServerSecrets {
  /** Ed25519. Its public key is what clients pin. */
  readonly identitySeed: Buffer;
  /** Wraps and hashes what the database holds of devices and logins. */
  readonly pepper: Buffer;
}

/** Reads the file, or makes it at the first start. Refuses one that is damaged. */
export async function serverSecrets(file: string): Promise<ServerSecrets> {
  const known = await readServerSecrets(file);
  if (known === undefined) return create(file);
  await chmod(file, 0o600);
  return known;
}

/** undefined = there is no such file: for commands that must not make another identity. */
export async function readServerSecrets(file: string): Promise<ServerSecrets | undefined> {
  const text = await readFile(file, "utf8").catch((error: unknown) => {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return undefined;
    throw error;
  });
  if (text === undefined) return undefined;
  return parse(text, file);
}

async function create(file: string): Promise<ServerSecrets> {
  const secrets = { identitySeed: randomBuffer(32), pepper: randomBuffer(32) };
  const beside = `${file}.${newId()}`;
  const handle = await open(beside, "wx", 0o600);
  try {
    const { identitySeed, pepper } = secrets;
    const text = { version: 1, identity: identitySeed.toString("base64url"), pepper: pepper.toString("base64url") };
    await handle.writeFile(`${JSON.stringify(text, undefined, 2)}\n`);
    await handle.sync();
  } finally {
    await handle.close();
  }
  try {
    // Two first starts at once: link refuses to replace, and the second takes what the first wrote.
    await link(beside, file);
    await syncFolder(dirname(file));
    return secrets;
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "EEXIST") return await serverSecrets(file);
    throw error;
  } finally {
    await rm(beside, { force: true });
  }
}

/** Until then the power may fail and take the file's name with it: no client would know this server again. */
async function syncFolder(folder: string): Promise<void> {
  if (process.platform === "win32") return; // there a folder can't be opened
  const handle = await open(folder, "r");
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

function parse(text: string, file: string): ServerSecrets {
  try {
    const { version, identity, pepper } = JSON.parse(text);
    const secrets = { identitySeed: bytes32(identity), pepper: bytes32(pepper) };
    if (version === 1) return secrets;
  } catch {
    // The text is a secret: nothing of it goes into the message.
  }
  throw new Error(
    `${file} is not a key file of this server, or is damaged. Put back the copy that is kept with the backups.`,
  );
}

function bytes32(text: unknown): Buffer {
  const bytes = Buffer.from(typeof text === "string" ? text : "", "base64url");
  if (bytes.length !== 32) throw new RangeError("Not 32 bytes.");
  return unpooled(bytes);
}
