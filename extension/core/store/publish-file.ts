import { randomBuffer } from "../crypto/random.ts";
import { VaultError } from "../vault-error.ts";
import { conflict, errorCode } from "./file-error.ts";
import type { FileOps } from "./file-ops.ts";

/** Creates a whole file that must not exist yet: of several that race, one wins, and the others get `vault-conflict`. */
export async function publishFile(ops: FileOps, path: string, bytes: Uint8Array): Promise<void> {
  await throughTemporary(ops, path, bytes, async (temporary) => {
    try {
      // Unlike a rename, a link never replaces what is there.
      await ops.link(temporary, path);
    } catch (error) {
      throw linkFailed(error, path);
    }
  });
}

/** Writes a whole file over whatever is there. */
export async function replaceFile(ops: FileOps, path: string, bytes: Uint8Array): Promise<void> {
  await throughTemporary(ops, path, bytes, (temporary) => ops.rename(temporary, path));
}

/** Creates a file, and puts its bytes on the disk. After a crash it may be cut, so nobody may rely on it yet. */
export async function writeFileDurably(ops: FileOps, path: string, bytes: Uint8Array): Promise<void> {
  const file = await ops.open(path, "wx", 0o600);
  try {
    await file.writeFile(bytes);
    await file.sync();
  } finally {
    await file.close();
  }
}

/** How the names of files end that were never published. */
export const TEMPORARY = ".tmp";

async function throughTemporary(
  ops: FileOps,
  path: string,
  bytes: Uint8Array,
  publish: (temporary: string) => Promise<void>,
): Promise<void> {
  const temporary = `${path}.${randomBuffer(8).toString("hex")}${TEMPORARY}`;
  try {
    await writeFileDurably(ops, temporary, bytes);
    await publish(temporary);
  } finally {
    await ops.unlink(temporary).catch(() => {}); // not there after a rename; else a later write removes it
  }
}

function linkFailed(error: unknown, path: string): unknown {
  const code = errorCode(error);
  if (code === "EEXIST") return conflict(path);
  if (code === undefined || !NO_HARD_LINKS.has(code)) return error;
  return new VaultError(
    "store-failed",
    `The disk of ${path} has no hard links (${code}), which several programs at once need. Keep the vault on a local disk.`,
    { cause: error },
  );
}

/** EPERM here is no missing right: the temporary file beside it was written a moment ago. */
const NO_HARD_LINKS = new Set(["EPERM", "ENOTSUP", "EOPNOTSUPP", "ENOSYS", "EMLINK"]);
