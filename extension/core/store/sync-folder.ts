import { errorCode } from "./file-error.ts";
import type { FileOps } from "./file-ops.ts";

/** Puts the entries of a folder on the disk. Windows has no call for it; NTFS writes them in order by its journal. */
export async function syncFolder(ops: FileOps, path: string): Promise<void> {
  if (process.platform === "win32") return;
  const folder = await ops.open(path, "r");
  try {
    await folder.sync();
  } catch (error) {
    // Some network disks refuse to sync a folder at all.
    if (!UNSUPPORTED.has(errorCode(error) ?? "")) throw error;
  } finally {
    await folder.close();
  }
}

const UNSUPPORTED = new Set(["EINVAL", "ENOTSUP", "EOPNOTSUPP"]);
