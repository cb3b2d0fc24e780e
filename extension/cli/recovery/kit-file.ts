import { randomBytes } from "node:crypto";
import { accessSync, constants, existsSync, linkSync, renameSync, rmSync, statSync, writeFileSync } from "node:fs";
import { dirname, extname, join, resolve } from "node:path";
import { kitText, type RecoveryKit } from "#core/recovery/recovery-kit.ts";
import { kitPage } from "#core/recovery/recovery-kit-page.ts";
import { errorCode } from "#core/store/file-error.ts";
import { VaultError } from "#core/vault-error.ts";
import { say } from "../print.ts";
import { hasTerminal } from "../terminal.ts";

/** Where a recovery code will go. Checked before anything is made, since a code that nobody gets is lost. */
export function requireWayForCode(file: string | undefined): void {
  if (file === undefined && !hasTerminal()) {
    throw new VaultError(
      "person-required",
      "The recovery kit is shown once, to a person at a terminal, and this process has none. Run this in a terminal of your own, or name a new file for the kit (--recovery-file).",
    );
  }
  if (file !== undefined && existsSync(file)) {
    throw new VaultError("argument-invalid", `${file} exists already. Name a new file for the recovery kit.`);
  }
  if (file !== undefined) requireWritable(dirname(resolve(file)));
}

/** A page to be printed where the name ends in .html, else text. Whole or not at all, and never over another file. */
export function writeKit(kit: RecoveryKit, file: string): void {
  const isPage = [".html", ".htm"].includes(extname(file).toLowerCase());
  writeOnce(file, isPage ? kitPage(kit) : kitText(kit));
  say(`The recovery kit is in ${file}. Print it, then delete the file: it opens the vault without the password.`);
  for (const warning of wrongPlaces(file)) say(warning);
}

/** Beside, then to its name in one step. Unlike a rename, a link never replaces what is there. */
export function writeOnce(file: string, text: string): void {
  const beside = `${file}.${randomBytes(6).toString("hex")}.tmp`;
  try {
    writeFileSync(beside, text, { mode: 0o600, flag: "wx", flush: true });
    try {
      linkSync(beside, file);
    } catch (error) {
      // Sticks and shares have no links; that nothing is there was looked at before.
      if (!["EPERM", "ENOTSUP", "EOPNOTSUPP", "ENOSYS"].includes(errorCode(error) ?? "") || existsSync(file))
        throw error;
      renameSync(beside, file);
    }
    rmSync(beside, { force: true });
  } catch (cause) {
    if (existsSync(beside)) rmSync(beside);
    throw new VaultError(
      "store-failed",
      `${file} could not be written, so nothing of it is kept; the vault is good. Make another kit with "ov recovery kit".`,
      { cause },
    );
  }
}

/** Places from where a file goes on by itself. */
export function wrongPlaces(file: string): readonly string[] {
  const warnings: string[] = [];
  const full = resolve(file);
  for (let folder = dirname(full); ; folder = dirname(folder)) {
    if (existsSync(join(folder, ".git"))) warnings.push(`${folder} is a git repository: don't commit the kit.`);
    if (folder === dirname(folder)) break;
  }
  const cloud =
    /(?:^|[\\/])(Dropbox|OneDrive|Google ?Drive|iCloud ?Drive|Mobile Documents|Nextcloud|ownCloud|Syncthing|Box)(?=[\\/ -])/i.exec(
      full,
    )?.[1];
  if (cloud !== undefined)
    warnings.push(`${cloud} copies what is there to other machines: the kit must not stay there.`);
  return warnings;
}

function requireWritable(folder: string): void {
  try {
    if (!statSync(folder).isDirectory()) throw new TypeError("no folder");
    accessSync(folder, constants.W_OK);
  } catch {
    throw new VaultError(
      "argument-invalid",
      `${folder} is no folder that you can write to. Make it, or name another place for the recovery kit.`,
    );
  }
}
