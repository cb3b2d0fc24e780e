import type { ExportLine } from "#core/store/contract.ts";
import { LIMITS } from "../limits.ts";
import { Problem } from "../problem.ts";
import { readLog } from "../storage/audit.ts";
import { readableCounter } from "../storage/environments.ts";
import { exportedAccount, nextAudit, nextEnvironment, nextRecords } from "../storage/export-rows.ts";
import type { Tx } from "../storage/schema.ts";
import { cursorText, type ExportCursor, type ExportPlace } from "./export-cursor.ts";

/**
 * The next page of an account's ciphertext: lines of some 2 MiB together, the last of which says where the next page
 * begins. `tx` is one snapshot; that all pages are of the same one is refused with `resync_required` otherwise.
 */
export async function exportPage(
  tx: Tx,
  account: string,
  epoch: string,
  cursor: ExportCursor | undefined,
): Promise<readonly ExportLine[]> {
  const now = await exportedAccount(tx, account);
  if (now === undefined) throw new Problem("unauthorized");
  if (cursor !== undefined && cursor.at !== now.log_seq) throw new Problem("resync_required");
  const page = new Page();
  let place: ExportPlace | undefined = cursor?.place;
  if (place === undefined) {
    page.add({ kind: "account", account, counter: now.counter, object: text(now.object) }, now.object.length);
    place = { part: "environments", after: "" };
  }
  for (let steps = 0; place !== undefined; steps++) {
    if (page.isFull || steps === MOST_STEPS) {
      return [...page.lines, { kind: "next", cursor: cursorText({ at: now.log_seq, place }) }];
    }
    place = await step(tx, account, page, place);
  }
  return [...page.lines, { kind: "end", revision: now.revision, epoch }];
}

/** Adds what comes at a place, and says what comes after it; undefined = that was all. */
async function step(tx: Tx, account: string, page: Page, place: ExportPlace): Promise<ExportPlace | undefined> {
  switch (place.part) {
    case "environments": {
      const next = await nextEnvironment(tx, account, place.after);
      if (next === undefined) return { part: "audit", after: undefined };
      const { id, counter, head, items } = next;
      page.add({ kind: "environment", id, counter, head: text(head), items: text(items) }, head.length + items.length);
      return { part: "records", environment: id, after: undefined };
    }
    case "records": {
      const { environment } = place;
      const counter = await readableCounter(tx, { account, device: "" }, environment);
      const rows = counter === undefined ? [] : await nextRecords(tx, environment, counter, place.after, page.room);
      for (const { item, version, epoch, hash, bytes } of rows) {
        page.add({ kind: "record", environment, item, version, epoch, hash, bytes: text(bytes) }, bytes.length);
      }
      const last = rows.at(-1);
      return last === undefined ? { part: "environments", after: environment } : { ...place, after: last };
    }
    case "audit": {
      const rows = await nextAudit(tx, account, place.after, page.room);
      for (const { device, seq, entry, received_at, signature } of rows) {
        const line = {
          kind: "audit",
          device,
          seq,
          entry: text(entry),
          received_at,
          signature: text(signature),
        } as const;
        page.add(line, entry.length);
      }
      const last = rows.at(-1);
      return last === undefined ? { part: "log", after: 0 } : { part: "audit", after: last };
    }
    case "log": {
      const rows = await readLog(tx, account, place.after);
      for (const { seq, time, who, action, environment, previous, signature } of rows) {
        const where = environment === null ? {} : { environment };
        page.add({ kind: "log", seq, time, who, action, ...where, previous, signature: text(signature) }, LOG_BYTES);
      }
      const last = rows.at(-1);
      return last === undefined ? undefined : { part: "log", after: last.seq };
    }
  }
}

class Page {
  readonly lines: ExportLine[] = [];
  room: number = LIMITS.recordsAtOnce;

  add(line: ExportLine, bytes: number): void {
    this.lines.push(line);
    this.room -= bytes;
  }

  get isFull(): boolean {
    return this.room <= 0;
  }
}

function text(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString("base64url");
}

/** A few statements each: an account of many empty environments gets more pages, and not a longer wait. */
const MOST_STEPS = 200;
const LOG_BYTES = 300;
