import { decodeAuditSegment, encodeAuditSegment } from "./audit-segment.ts";
import { removeOldTemporaries } from "./counted-series.ts";
import type { DurableFolder } from "./durable-folder.ts";
import { conflict, missing } from "./file-error.ts";
import { AUDIT, AUDIT_SEGMENT_ENTRIES, auditPath, segmentOf } from "./file-layout.ts";
import { LIMIT, refuseLarge } from "./size-limits.ts";
import { asId, type Id, type StoredObject } from "./store.ts";

export async function auditDevices(folder: DurableFolder): Promise<readonly Id[]> {
  return (await folder.list(AUDIT)).map(asId).filter((id) => id !== undefined);
}

/** One device's audit entries: a file each, and 256 joined in a segment when they are complete. */
export class AuditFiles {
  readonly #folder: DurableFolder;
  readonly #path: string;

  constructor(folder: DurableFolder, device: Id) {
    this.#folder = folder;
    this.#path = auditPath(device);
  }

  async append(seq: number, bytes: Uint8Array): Promise<void> {
    refuseLarge("An audit entry", bytes, LIMIT.auditEntry);
    const path = this.#entry(seq);
    if (!(await this.#isEnd(seq))) throw conflict(`${this.#folder.root}/${path}`);
    if (seq === 1) await this.#folder.makeFolders([this.#path]);
    await this.#folder.publish(path, bytes);
    // A process that slept since the check above could take a seq whose file was joined into a segment meanwhile.
    if (await this.#hasSegment(seq)) {
      await this.#folder.remove(path);
      throw conflict(`${this.#folder.root}/${path}`);
    }
    // The entry is safe by now. What fails below is done by a later append.
    if (seq % AUDIT_SEGMENT_ENTRIES === 0) await this.#compact().catch(() => {});
  }

  /** Entries from `from` on. A gap is `vault-damaged`; what was cut off at the end is the chain's to notice. */
  async read(from: number): Promise<readonly Uint8Array[]> {
    const entries: Uint8Array[] = [];
    for (let before = -1; ; ) {
      for (
        let next = await this.#readAt(from + entries.length);
        next !== undefined;
        next = await this.#readAt(from + entries.length)
      ) {
        entries.push(...next);
      }
      const names = await this.#folder.list(this.#path);
      if (!names.some((name) => lastSeq(name) >= from + entries.length)) return entries;
      // Another process appended or joined entries meanwhile, or one is missing.
      if (entries.length === before) throw missing(`${this.#folder.root}/${this.#entry(from + before)}`);
      before = entries.length;
    }
  }

  /** The files that hold the chain. An entry that is joined meanwhile comes with its segment. */
  async *backup(): AsyncIterable<StoredObject> {
    const names = await this.#folder.list(this.#path);
    for (const name of names.filter((name) => name.endsWith(".ovs") && lastSeq(name) > 0)) yield* this.#object(name);
    const joined = new Set(names);
    for (const name of names.filter((name) => name.endsWith(".ove") && lastSeq(name) > 0)) {
      const segment = segmentOf(lastSeq(name)).name;
      if (joined.has(segment)) continue;
      const found = yield* this.#object(name);
      if (!found) joined.add(segment);
      if (!found && !(yield* this.#object(segment))) throw missing(`${this.#folder.root}/${this.#path}/${name}`);
    }
  }

  async *#object(name: string): AsyncGenerator<StoredObject, boolean> {
    const path = `${this.#path}/${name}`;
    const bytes = await this.#folder.read(path, LIMIT.auditSegment);
    if (bytes !== undefined) yield { path, bytes };
    return bytes !== undefined;
  }

  /** The entries of one file, from `seq` to its end. */
  async #readAt(seq: number): Promise<readonly Uint8Array[] | undefined> {
    const { first, last, name } = segmentOf(seq);
    const path = `${this.#path}/${name}`;
    const segment = await this.#folder.read(path, LIMIT.auditSegment);
    if (segment === undefined) {
      const entry = await this.#folder.read(this.#entry(seq), LIMIT.auditEntry);
      return entry && [entry];
    }
    const entries = decodeAuditSegment(segment, first, last);
    if (entries === undefined) throw missing(`${this.#folder.root}/${path}`);
    return entries.slice(seq - first);
  }

  async #isEnd(seq: number): Promise<boolean> {
    if (await this.#hasSegment(seq)) return false;
    return seq === 1 || (await this.#folder.has(this.#entry(seq - 1))) || this.#hasSegment(seq - 1);
  }

  #hasSegment(seq: number): Promise<boolean> {
    return this.#folder.has(`${this.#path}/${segmentOf(seq).name}`);
  }

  #entry(seq: number): string {
    return `${this.#path}/${seq}.ove`;
  }

  /** Joins every complete block that is not joined yet, and removes the files of those that are. */
  async #compact(): Promise<void> {
    const seqs = (await this.#folder.list(this.#path)).filter((name) => name.endsWith(".ove")).map(lastSeq);
    for (const name of new Set(seqs.filter((seq) => seq > 0).map((seq) => segmentOf(seq).name))) {
      const { first, last } = segmentOf(lastSeq(name));
      const joined = (await this.#folder.has(`${this.#path}/${name}`)) || (await this.#join(first, last, name));
      if (!joined) continue;
      for (const seq of seqs) if (seq >= first && seq <= last) await this.#folder.remove(this.#entry(seq));
    }
    await removeOldTemporaries(this.#folder, this.#path);
  }

  async #join(first: number, last: number, name: string): Promise<boolean> {
    const entries: Uint8Array[] = [];
    for (let seq = first; seq <= last; seq++) {
      const entry = await this.#folder.read(this.#entry(seq), LIMIT.auditEntry);
      if (entry === undefined) return false;
      entries.push(entry);
    }
    const bytes = encodeAuditSegment(first, entries);
    if (bytes.length > LIMIT.auditSegment) return false;
    await this.#folder.replace(`${this.#path}/${name}`, bytes);
    return true;
  }
}

/** The last entry that a file holds, by its name; 0 for other files. */
function lastSeq(name: string): number {
  const seq = Number(/^(?:[1-9]\d{0,14}-)?([1-9]\d{0,14})\.ov[es]$/.exec(name)?.[1] ?? 0);
  return name.endsWith(".ove") || name === segmentOf(Math.max(1, seq)).name ? seq : 0;
}
