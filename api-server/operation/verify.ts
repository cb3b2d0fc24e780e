import { verify as nativeVerify } from "node:crypto";
import { serverIdOf } from "#core/crypto/server-words.ts";
import { okpPublicKey } from "../keys/okp-public-key.ts";
import { BackupDamaged, type BackupHeader, type BackupTable, signedText, type Value } from "./backup-format.ts";
import { readBackup } from "./backup-reader.ts";
import { contentCheck } from "./content-check.ts";

export interface Verified {
  readonly header: BackupHeader;
  readonly serverId: Buffer;
  /** SHA-256 of all but its end. */
  readonly hash: Buffer;
  readonly bytes: number;
  /** Rows by table. */
  readonly rows: ReadonlyMap<string, number>;
  /** What in it contradicts itself; the file is as it was written all the same. */
  readonly problems: readonly string[];
}

/**
 * Reads all of a backup. Refuses with `BackupDamaged` a file that is not as its server wrote it; what the server had
 * stored wrongly by then is in `problems`.
 */
export async function verify(file: string, progress: (bytes: number) => void = () => {}): Promise<Verified> {
  let bytes = 0;
  let header: BackupHeader | undefined;
  let table: BackupTable | undefined;
  let count = 0;
  let isSigned = false;
  let sum: Buffer = Buffer.alloc(0);
  const rows = new Map<string, number>();
  let check: ReturnType<typeof contentCheck> | undefined;
  const parts = readBackup(
    file,
    ({ hash, signature }) => {
      if (table !== undefined) throw new BackupDamaged("A table of it has no end. Take another backup.");
      sum = hash;
      isSigned = header !== undefined && isSignedBy(identityOf(header), signedText(hash), signature);
    },
    (at) => {
      bytes = at;
      progress(at);
    },
  );
  for await (const part of parts) {
    switch (part.kind) {
      case "header":
        header = part.header;
        check = contentCheck(identityOf(header));
        break;
      case "table":
        if (table !== undefined || rows.has(part.table.name)) throw disorder();
        table = part.table;
        count = 0;
        break;
      case "row":
        if (table === undefined || part.row.length !== table.columns.length) throw disorder();
        check?.row(table.name, asObject(table, part.row));
        count++;
        break;
      case "end":
        if (table === undefined || part.rows !== count) throw disorder();
        rows.set(table.name, count);
        table = undefined;
        break;
    }
  }
  if (header === undefined || check === undefined) throw disorder();
  if (!isSigned) {
    throw new BackupDamaged("The server that it names did not sign it: somebody else made it. Take another backup.");
  }
  return { header, serverId: serverIdOf(identityOf(header)), hash: sum, bytes, rows, problems: check.end() };
}

/** Whether the holder of an Ed25519 key signed this; by OpenSSL. */
export function isSignedBy(publicKey: Uint8Array, message: Uint8Array, signature: Uint8Array): boolean {
  return nativeVerify(null, message, okpPublicKey("Ed25519", publicKey), signature);
}

function identityOf(header: BackupHeader): Buffer {
  return Buffer.from(header.identity, "base64url");
}

function asObject(table: BackupTable, row: readonly Value[]): Readonly<Record<string, Value>> {
  return Object.fromEntries(table.columns.map((column, at) => [column, row[at] ?? null]));
}

function disorder(): BackupDamaged {
  return new BackupDamaged("Its parts are not in order. Take another backup.");
}
