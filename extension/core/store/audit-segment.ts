/** Joins audit entries: "OVS1", the first seq (u64), their number (u32), then each with its length (u32), big-endian. */
export function encodeAuditSegment(first: number, entries: readonly Uint8Array[]): Buffer {
  const header = Buffer.alloc(HEADER_BYTES);
  header.write(MAGIC, "latin1");
  header.writeBigUInt64BE(BigInt(first), 4);
  header.writeUInt32BE(entries.length, 12);
  const parts: Uint8Array[] = [header];
  for (const entry of entries) {
    const length = Buffer.alloc(4);
    length.writeUInt32BE(entry.length);
    parts.push(length, entry);
  }
  return Buffer.concat(parts);
}

/** The entries `first` to `last`, or undefined if the bytes are no such segment: cut, longer, or of other entries. */
export function decodeAuditSegment(bytes: Buffer, first: number, last: number): readonly Uint8Array[] | undefined {
  if (bytes.length < HEADER_BYTES || bytes.toString("latin1", 0, 4) !== MAGIC) return undefined;
  const count = bytes.readUInt32BE(12);
  if (bytes.readBigUInt64BE(4) !== BigInt(first) || count !== last - first + 1) return undefined;
  const entries: Uint8Array[] = [];
  let at = HEADER_BYTES;
  for (let left = count; left > 0; left--) {
    if (at + 4 > bytes.length) return undefined;
    const end = at + 4 + bytes.readUInt32BE(at);
    if (end > bytes.length) return undefined;
    entries.push(bytes.subarray(at + 4, end));
    at = end;
  }
  return at === bytes.length ? entries : undefined;
}

const MAGIC = "OVS1";
const HEADER_BYTES = 16;
