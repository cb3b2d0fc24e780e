import { type FileHandle, link, open, rm } from "node:fs/promises";
import { dirname } from "node:path";
import { newId } from "#core/crypto/random.ts";

/** The file is there already, and is left as it is. */
export class FileExists extends Error {}

/**
 * Writes a file that others can't read, whole or not at all: under another name first, and durable before it gets its
 * own. Never replaces a file.
 */
export async function publishNewFile(file: string, write: (handle: FileHandle) => Promise<void>): Promise<void> {
  const beside = `${file}.${newId()}.part`;
  const handle = await open(beside, "wx", 0o600);
  try {
    await write(handle).finally(async () => {
      await handle.sync().catch(() => {});
      await handle.close();
    });
    await link(beside, file);
    await syncFolder(dirname(file));
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "EEXIST") {
      throw new FileExists(`${file} exists already, and was not changed. Name another file.`);
    }
    throw error;
  } finally {
    await rm(beside, { force: true });
  }
}

async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, "r");
  await handle.sync().finally(() => handle.close());
}
