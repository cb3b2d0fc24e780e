import { statSync } from "node:fs";
import { dirname, resolve } from "node:path";
import { VaultError } from "#core/vault-error.ts";

/**
 * Refuses a file that another user could read, write or have put there. Windows keeps that in lists that Node can't read.
 * `credentials` is the folder that systemd made for this service alone: its ACL shows as a group's right to read.
 */
export function requirePrivateFile(file: string, what: string, credentials?: string): void {
  const found = statSync(file, { throwIfNoEntry: false });
  if (found === undefined)
    throw new VaultError("file-not-found", `There is no file ${file} with ${what}. Check its name.`);
  if (!found.isFile()) throw new VaultError("file-not-found", `${file} is no file. Name the one that holds ${what}.`);
  if (process.platform === "win32") return;
  const user = process.getuid?.();
  if (found.uid !== user && found.uid !== 0) {
    throw new VaultError(
      "not-permitted",
      `${file} belongs to another user, who could change it. Make it your own first.`,
    );
  }
  const isCredential = credentials !== undefined && dirname(resolve(file)) === resolve(credentials);
  if ((found.mode & (isCredential ? 0o037 : 0o077)) !== 0) {
    throw new VaultError(
      "not-permitted",
      `Other users can read or write ${file} (mode ${(found.mode & 0o777).toString(8)}). Run "chmod 600 ${file}", and make ${what} anew if somebody may have read it.`,
    );
  }
}
