import { createWriteStream } from "node:fs";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { exportBackup } from "#core/vault/backup.ts";
import { requireVault, thisVault } from "#mcp/device/this-vault.ts";
import type { Cli } from "../cli.ts";
import { say } from "../print.ts";
import { dropHalf, notWritten, requireNewFile } from "./new-file.ts";

/** The vault as it lies in the store, history and settings too. Needs no password, since nothing is decrypted. */
export async function writeBackup(cli: Cli, file: string): Promise<void> {
  const vault = await thisVault(cli.paths);
  await requireVault(vault);
  requireNewFile(file);
  const output = createWriteStream(file, { flags: "wx", mode: 0o600, flush: true });
  try {
    await pipeline(Readable.from(exportBackup(vault.store)), output);
  } catch (error) {
    dropHalf(file);
    throw notWritten(error, file);
  }
  say(`Wrote ${output.bytesWritten} bytes to ${file}. Keep it on another disk; "ov import ${file}" restores it.`);
}
