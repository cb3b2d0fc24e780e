import { DurableFolder } from "../durable-folder.ts";
import { conflict } from "../file-error.ts";
import { diskOps } from "../file-ops.ts";
import { LIMIT } from "../size-limits.ts";
import type { Id } from "../store.ts";

export interface Waiting {
  readonly seq: number;
  readonly entry: Buffer;
}

/** Audit entries of this device that the server has not got yet: what is done offline is recorded all the same. */
export class AuditOutbox {
  readonly #folder: DurableFolder;

  constructor(folder: string) {
    this.#folder = new DurableFolder(folder, diskOps);
  }

  /** In order. Several processes of this device share them. */
  async list(device: Id): Promise<readonly Waiting[]> {
    const names = await this.#folder.list(device);
    const seqs = names.map((name) => Number(/^([1-9]\d{0,14})\.ove$/.exec(name)?.[1] ?? 0)).filter((seq) => seq > 0);
    const waiting: Waiting[] = [];
    for (const seq of seqs.sort((a, b) => a - b)) {
      const entry = await this.#folder.read(pathOf(device, seq), LIMIT.auditEntry);
      if (entry !== undefined) waiting.push({ seq, entry }); // else another process has just sent it
    }
    return waiting;
  }

  /** `last` is the seq before which there is no gap. Refuses with `vault-conflict` when another process was first. */
  async add(device: Id, last: number, seq: number, entry: Uint8Array): Promise<void> {
    const end = (await this.list(device)).at(-1)?.seq ?? last;
    if (seq !== Math.max(end, last) + 1) throw conflict(pathOf(device, seq));
    await this.#folder.makeRoot();
    await this.#folder.makeFolders([device]);
    await this.#folder.publish(pathOf(device, seq), entry);
  }

  async remove(device: Id, seq: number): Promise<void> {
    await this.#folder.remove(pathOf(device, seq));
  }
}

function pathOf(device: Id, seq: number): string {
  return `${device}/${seq}.ove`;
}
