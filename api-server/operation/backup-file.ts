import { createHash } from "node:crypto";
import { type FileHandle, open } from "node:fs/promises";
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

/** Writes frames, and at last the checksum and the server's word for it. */
export class BackupWriter {
  readonly #handle: FileHandle;
  readonly #hash = createHash("sha256");
  #waiting: Buffer[] = [];
  #size = 0;
  /** All that was written so far. */
  bytes = 0;

  constructor(handle: FileHandle) {
    this.#handle = handle;
    this.#add(MAGIC);
  }

  async part(part: BackupPart): Promise<void> {
    switch (part.kind) {
      case "header":
        return this.#frame(KIND.header, json(part.header));
      case "table":
        return this.#frame(KIND.table, json(part.table));
      case "row":
        return this.#frame(KIND.row, encodeRow(part.row));
      case "end":
        return this.#frame(KIND.end, json({ rows: part.rows }));
    }
  }

  async finish(sign: (message: Uint8Array) => Uint8Array): Promise<void> {
    const hash = this.#hash.digest();
    const trailer = Buffer.concat([hash, sign(signedText(hash))]);
    this.#push(Buffer.concat([frameHead(KIND.trailer, trailer.length), trailer]));
    await this.#flush();
  }

  async #frame(kind: number, payload: Buffer): Promise<void> {
    if (payload.length > MOST) throw new RangeError("A row is larger than any that this version writes.");
    this.#add(frameHead(kind, payload.length));
    this.#add(payload);
    if (this.#size >= AT_ONCE) await this.#flush();
  }

  #add(bytes: Buffer): void {
    this.#hash.update(bytes);
    this.#push(bytes);
  }

  #push(bytes: Buffer): void {
    this.#waiting.push(bytes);
    this.#size += bytes.length;
    this.bytes += bytes.length;
  }

  async #flush(): Promise<void> {
    const all = Buffer.concat(this.#waiting);
    this.#waiting = [];
    this.#size = 0;
    await this.#handle.writeFile(all);
  }
}

export interface BackupTrailer {
  /** SHA-256 of all before it; it was compared. */
  readonly hash: Buffer;
  readonly signature: Buffer;
}

/**
 * The parts of a backup, in order. Refuses with `BackupDamaged` what is none, is cut, or has one byte changed: the last
 * of these only at its end, so believe nothing of it before. `atEnd` gets the signature, which is for the caller to check.
 */
export async function* readBackup(
  file: string,
  atEnd: (trailer: BackupTrailer) => void,
  progress: (bytes: number) => void = () => {},
): AsyncGenerator<BackupPart> {
  const handle = await open(file, "r");
  try {
    const source = new Source(handle);
    const hash = createHash("sha256");
    const magic = await source.take(MAGIC.length);
    if (!magic?.equals(MAGIC)) throw damaged("It is no backup of this server, or of a newer version.");
    hash.update(magic);
    for (let isFirst = true; ; isFirst = false) {
      const head = await source.take(5);
      if (head === undefined) throw damaged("It is cut.");
      const [kind, length] = [head[0], head.readUInt32BE(1)];
      if (length > MOST) throw damaged("A part of it has a wrong length.");
      const payload = await source.take(length);
      if (payload === undefined) throw damaged("It is cut.");
      if (kind === KIND.trailer) {
        const sum = hash.digest();
        if (length !== 96 || !payload.subarray(0, 32).equals(sum)) throw damaged("Its checksum is wrong.");
        if ((await source.take(1)) !== undefined) throw damaged("Something follows its end.");
        atEnd({ hash: sum, signature: payload.subarray(32) });
        return;
      }
      hash.update(head).update(payload);
      const part = decode(kind, payload);
      if ((part.kind === "header") !== isFirst) throw damaged("Its parts are not in order.");
      progress(source.bytes);
      yield part;
    }
  } finally {
    await handle.close();
  }
}

/** What the server signs of a backup. */
export function signedText(hash: Uint8Array): Buffer {
  return pae("ov-backup/1", hash);
}

function decode(kind: number | undefined, payload: Buffer): BackupPart {
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

/** Reads ahead in large steps. */
class Source {
  readonly #handle: FileHandle;
  #chunk = Buffer.alloc(0);
  #at = 0;
  bytes = 0;

  constructor(handle: FileHandle) {
    this.#handle = handle;
  }

  /** So many bytes; undefined = there are not as many left. */
  async take(length: number): Promise<Buffer | undefined> {
    if (this.#at + length > this.#chunk.length) {
      const rest = this.#chunk.subarray(this.#at);
      const next = Buffer.alloc(Math.max(AT_ONCE, length - rest.length));
      let filled = 0;
      while (rest.length + filled < length) {
        const { bytesRead } = await this.#handle.read(next, filled, next.length - filled);
        if (bytesRead === 0) return undefined;
        filled += bytesRead;
      }
      this.#chunk = Buffer.concat([rest, next.subarray(0, filled)]);
      this.#at = 0;
    }
    this.#at += length;
    this.bytes += length;
    return this.#chunk.subarray(this.#at - length, this.#at);
  }
}

function frameHead(kind: number, length: number): Buffer {
  const head = Buffer.alloc(5);
  head.writeUInt8(kind, 0);
  head.writeUInt32BE(length, 1);
  return head;
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

function damaged(what: string): BackupDamaged {
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

const MAGIC = Buffer.from("OVS1\x01", "latin1");
const KIND = { header: 0x48, table: 0x54, row: 0x52, end: 0x45, trailer: 0x5a } as const;
const AT_ONCE = 1 << 20;
/** More than an environment's row: a manifest, its head once more, and what names them. */
const MOST = 8 << 20;
