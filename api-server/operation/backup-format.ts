import { z } from "zod";
import { pae } from "#core/crypto/pae.ts";

/*
 * A backup of the server, the same for both databases (docs/server.md, "The file"):
 *
 *     "OVS1" 0x01
 *     frames: kind u8 | length u32 | payload
 *       H  JSON: BackupHeader                     once, first
 *       T  JSON: { name, columns }                a table begins
 *       R  a value for each column: 0 | 1 i64 | 2 u32 text | 3 u32 bytes
 *       E  JSON: { rows }                         the table ends
 *       Z  SHA-256 of all before | Ed25519 over PAE("ov-backup/1", that)
 */

export type Value = null | number | string | Uint8Array;

export interface BackupTable {
  readonly name: string;
  readonly columns: readonly string[];
}

export type BackupHeader = z.output<typeof HEADER>;

export type BackupPart =
  | { readonly kind: "header"; readonly header: BackupHeader }
  | { readonly kind: "table"; readonly table: BackupTable }
  | { readonly kind: "row"; readonly row: readonly Value[] }
  | { readonly kind: "end"; readonly rows: number };

/** What is not the file that a backup was. */
export class BackupDamaged extends Error {}

export function encodePart(part: BackupPart): { readonly kind: number; readonly payload: Buffer } {
  switch (part.kind) {
    case "header":
      return { kind: KIND.header, payload: json(part.header) };
    case "table":
      return { kind: KIND.table, payload: json(part.table) };
    case "row":
      return { kind: KIND.row, payload: encodeRow(part.row) };
    case "end":
      return { kind: KIND.end, payload: json({ rows: part.rows }) };
  }
}

/** Refuses with `BackupDamaged`. */
export function decodePart(kind: number | undefined, payload: Buffer): BackupPart {
  switch (kind) {
    case KIND.header:
      return { kind: "header", header: parsed(HEADER, payload) };
    case KIND.table:
      return { kind: "table", table: parsed(TABLE, payload) };
    case KIND.row:
      return { kind: "row", row: decodeRow(payload) };
    case KIND.end:
      return { kind: "end", rows: parsed(END, payload).rows };
    default:
      throw damaged("A part of it is of an unknown kind.");
  }
}

/** What the server signs of a backup. */
export function signedText(hash: Uint8Array): Buffer {
  return pae("ov-backup/1", hash);
}

function encodeRow(row: readonly Value[]): Buffer {
  const pieces: Buffer[] = [];
  for (const value of row) {
    if (value === null) pieces.push(Buffer.of(0));
    else if (typeof value === "number") {
      const piece = Buffer.alloc(9, 1);
      piece.writeBigInt64BE(BigInt(value), 1);
      pieces.push(piece);
    } else {
      const bytes = typeof value === "string" ? Buffer.from(value, "utf8") : Buffer.from(value);
      const head = Buffer.alloc(5, typeof value === "string" ? 2 : 3);
      head.writeUInt32BE(bytes.length, 1);
      pieces.push(head, bytes);
    }
  }
  return Buffer.concat(pieces);
}

function decodeRow(payload: Buffer): readonly Value[] {
  const row: Value[] = [];
  let at = 0;
  const take = (length: number): Buffer => {
    if (at + length > payload.length) throw damaged("A row of it is cut.");
    at += length;
    return payload.subarray(at - length, at);
  };
  while (at < payload.length) {
    const type = take(1)[0];
    if (type === 0) row.push(null);
    else if (type === 1) row.push(Number(take(8).readBigInt64BE()));
    else if (type === 2) row.push(take(take(4).readUInt32BE()).toString("utf8"));
    // Copied: what is kept of a row must not keep all that was read with it.
    else if (type === 3) row.push(Buffer.from(take(take(4).readUInt32BE())));
    else throw damaged("A value of it is of an unknown type.");
  }
  return row;
}

function json(value: object): Buffer {
  return Buffer.from(JSON.stringify(value), "utf8");
}

function parsed<T>(schema: z.ZodType<T>, payload: Buffer): T {
  try {
    return schema.parse(JSON.parse(payload.toString("utf8")));
  } catch {
    throw damaged("A part of it can't be read.");
  }
}

export function damaged(what: string): BackupDamaged {
  return new BackupDamaged(`${what} Take another backup.`);
}

const name = z.string().regex(/^[a-z_]{1,60}$/);
const HEADER = z.strictObject({
  /** ms since 1970 */
  made_at: z.int().min(0),
  /** The server's Ed25519 key, base64url: a restore needs the key file that has it. */
  identity: z.string().regex(/^[A-Za-z0-9_-]{43}$/),
  migrations: z.array(z.strictObject({ name: z.string().max(200), checksum: z.string().regex(/^[0-9a-f]{64}$/) })),
});
const TABLE = z.strictObject({ name, columns: z.array(name).min(1).max(100) });
const END = z.strictObject({ rows: z.int().min(0) });

export const MAGIC = Buffer.from("OVS1\x01", "latin1");
export const KIND = { header: 0x48, table: 0x54, row: 0x52, end: 0x45, trailer: 0x5a } as const;
export const AT_ONCE = 1 << 20;
/** Bytes of one frame: more than an environment's row: a manifest, its head once more, and what names them. */
export const MOST = 8 << 20;
