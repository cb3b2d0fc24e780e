import type { Id, NewRecord } from "../store.ts";
import { asRecordBody } from "./record-reader.ts";
import type { RemoteLink } from "./remote-link.ts";

/**
 * Brings records of a commit that would be more than a request holds, such as those of a new epoch, before it; returns
 * those that it can bring itself. Staged ones that no commit ever names are as harmless as versions of before.
 */
export async function stageRecords(
  link: RemoteLink,
  environment: Id,
  records: readonly NewRecord[],
  otherBytes: number,
): Promise<readonly NewRecord[]> {
  const parts = partsOf(records);
  const last = parts.at(-1) ?? [];
  if (parts.length <= 1 && sizeOf(last) + otherBytes <= COMMIT_BYTES) return records;
  for (const part of parts) {
    const path = `/environments/${environment}/records/stage`;
    await link.require({ method: "POST", path, body: { records: part.map(asRecordBody) } }, "a write");
  }
  return [];
}

function partsOf(records: readonly NewRecord[]): readonly NewRecord[][] {
  const parts: NewRecord[][] = [];
  let size = 0;
  for (const record of records) {
    const last = parts.at(-1);
    const added = sizeOf([record]);
    if (last === undefined || size + added > PART_BYTES) {
      parts.push([record]);
      size = added;
    } else {
      last.push(record);
      size += added;
    }
  }
  return parts;
}

function sizeOf(records: readonly NewRecord[]): number {
  return records.reduce((sum, { bytes }) => sum + bytes.length + REF_BYTES, 0);
}

/** In base64url, and with the grants of 200 members, under the 4 MiB of a request. */
const COMMIT_BYTES = 2_500_000;
const PART_BYTES = 2_500_000;
const REF_BYTES = 150;
