import { type FileHandle, link, open, rename, rm } from "node:fs/promises";
import { dirname } from "node:path";
import { newId } from "#core/crypto/random.ts";

/** The file is there already, and is left as it is. */
export class FileExists extends Error {}

/**
 * Writes a file that others can't read, whole or not at all: under another name first, and durable before it gets its
 * own. Never replaces a file.
 */
export async function publishNewFile(
  file: string,
  write: (handle: FileHandle) => Promise<void>,
  makeLink: typeof link = link,
): Promise<void> {
  const beside = `${file}.${newId()}.part`;
  try {
    const handle = await open(beside, "wx", 0o600);
    try {
      await write(handle);
      await handle.sync();
    } finally {
      await handle.close();
    }
    await makeLink(beside, file).catch((error: unknown) => takeName(beside, file, error));
    await syncFolder(dirname(file));
  } catch (error) {
    if (codeOf(error) !== "EEXIST") throw error;
    throw new FileExists(`${file} exists already, and was not changed. Name another file.`);
  } finally {
    await rm(beside, { force: true });
  }
}

/** Where no hard links are, as on many shares: first the name is taken by an empty file, which a rename replaces. */
async function takeName(beside: string, file: string, error: unknown): Promise<void> {
  if (!NO_LINKS.has(codeOf(error))) throw error;
  await (await open(file, "wx", 0o600)).close();
  await rename(beside, file);
}

async function syncFolder(folder: string): Promise<void> {
  // Windows opens no folder, and needs no sync of one.
  if (process.platform === "win32") return;
  const handle = await open(folder, "r");
  try {
    await handle.sync();
  } catch (error) {
    // Some network disks refuse to sync a folder at all.
    if (!NO_FOLDER_SYNC.has(codeOf(error))) throw error;
  } finally {
    await handle.close();
  }
}

function codeOf(error: unknown): string {
  return error instanceof Error && "code" in error && typeof error.code === "string" ? error.code : "";
}

const NO_FOLDER_SYNC: ReadonlySet<string> = new Set(["EINVAL", "ENOTSUP", "EOPNOTSUPP"]);
const NO_LINKS: ReadonlySet<string> = new Set(["EPERM", "ENOTSUP", "EOPNOTSUPP", "ENOSYS", "EINVAL"]);
