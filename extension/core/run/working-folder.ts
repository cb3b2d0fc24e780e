import { realpathSync, statSync } from "node:fs";
import { isAbsolute, relative, sep } from "node:path";
import { VaultError } from "../vault-error.ts";

/**
 * The real path of the folder that a command will run in. Refuses with `cwd-invalid` one that is missing, is no
 * folder, or lies outside of every allowed root once links are followed. Without roots any folder will do.
 */
export function requireFolder(cwd: string, allowedRoots?: readonly string[]): string {
  if (!isAbsolute(cwd) || cwd.includes("\0")) {
    throw new VaultError("cwd-invalid", "The working folder must be an absolute path. Give one in cwd.");
  }
  const folder = realFolder(cwd);
  if (folder === undefined) {
    throw new VaultError("cwd-invalid", `${JSON.stringify(cwd)} is no folder. Give an existing folder in cwd.`);
  }
  if (allowedRoots !== undefined && !allowedRoots.some((root) => isInside(folder, realFolder(root)))) {
    throw new VaultError(
      "cwd-invalid",
      `${JSON.stringify(cwd)} lies outside of the folders that commands may run in. Use a folder of the open project.`,
    );
  }
  return folder;
}

/** Device and inode: a folder that was moved away and another that took its path are two. Empty where there is none. */
export function folderIdentity(folder: string): string {
  try {
    const { dev, ino } = statSync(folder, { bigint: true });
    return `${dev}:${ino}`;
  } catch {
    return "";
  }
}

function realFolder(path: string): string | undefined {
  try {
    const real = realpathSync.native(path);
    return statSync(real).isDirectory() ? real : undefined;
  } catch {
    return undefined;
  }
}

function isInside(folder: string, root: string | undefined): boolean {
  if (root === undefined) return false;
  const path = relative(root, folder);
  return path === "" || (path !== ".." && !path.startsWith(`..${sep}`) && !isAbsolute(path));
}
