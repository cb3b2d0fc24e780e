import { DatabaseCorrupt } from "../storage/sqlite-database.ts";
import { DatabaseInUse } from "../storage/sqlite-owner.ts";
import { BackupDamaged } from "./backup-format.ts";
import { FileExists } from "./publish-new-file.ts";
import { RestoreRefused } from "./restore.ts";

/** How `ov-api` ends; docs/server.md. The names and numbers of sysexits.h, so that systemd tells them apart. */
export function exitCodeOf(error: unknown): number {
  if (error instanceof BackupDamaged) return EXIT.dataErr;
  if (error instanceof DatabaseCorrupt) return EXIT.software;
  if (error instanceof FileExists || error instanceof RestoreRefused) return EXIT.cantCreate;
  if (error instanceof DatabaseInUse) return EXIT.tempFail;
  if (error instanceof Error && "code" in error && error.code === "ENOENT") return EXIT.noInput;
  return EXIT.failed;
}

export const EXIT = {
  failed: 1,
  dataErr: 65,
  noInput: 66,
  software: 70,
  cantCreate: 73,
  tempFail: 75,
} as const;
