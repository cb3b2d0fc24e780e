import { Problem } from "../problem.ts";
import type { AuditPlace, RecordPlace } from "../storage/export-rows.ts";

/**
 * How far an export is. `at` is the account's last log entry when it began: every change of the account adds one, so
 * that all pages are of one moment, or the export begins again.
 */
export interface ExportCursor {
  readonly at: number;
  readonly place: ExportPlace;
}

export type ExportPlace =
  /** Environments come after this id. */
  | { readonly part: "environments"; readonly after: string }
  /** Records of this environment, which was told of before. */
  | { readonly part: "records"; readonly environment: string; readonly after: RecordPlace | undefined }
  | { readonly part: "audit"; readonly after: AuditPlace | undefined }
  | { readonly part: "log"; readonly after: number };

export function cursorText({ at, place }: ExportCursor): string {
  switch (place.part) {
    case "environments":
      return [at, "e", place.after].join(".");
    case "records": {
      const { item, version, epoch, hash } = place.after ?? {};
      const after = place.after === undefined ? [] : [item, version, epoch, hash];
      return [at, "r", place.environment, ...after].join(".");
    }
    case "audit":
      return [at, "a", ...(place.after === undefined ? [] : [place.after.device, place.after.seq])].join(".");
    case "log":
      return [at, "l", place.after].join(".");
  }
}

/** Refuses with `invalid` what `cursorText` did not write. */
export function parseCursor(text: string): ExportCursor {
  const parts = CURSOR.exec(text)?.groups;
  if (parts === undefined) throw new Problem("invalid");
  const at = Number(parts.at);
  if (parts.after !== undefined) return { at, place: { part: "environments", after: parts.after } };
  if (parts.environment !== undefined) {
    const { environment, item, version, epoch, hash } = parts;
    const isFirst = item === undefined || hash === undefined;
    const after = isFirst ? undefined : { item, version: Number(version), epoch: Number(epoch), hash };
    return { at, place: { part: "records", environment, after } };
  }
  if (parts.log !== undefined) return { at, place: { part: "log", after: Number(parts.log) } };
  const after = parts.device === undefined ? undefined : { device: parts.device, seq: Number(parts.seq) };
  return { at, place: { part: "audit", after } };
}

const ID = "[0-9a-f]{32}";
const NUMBER = "(?:0|[1-9]\\d{0,14})";
const CURSOR = new RegExp(
  `^(?<at>${NUMBER})\\.(?:e\\.(?<after>(?:${ID})?)|r\\.(?<environment>${ID})(?:\\.(?<item>${ID})\\.(?<version>${NUMBER})\\.(?<epoch>${NUMBER})\\.(?<hash>[0-9a-f]{64}))?|a(?:\\.(?<device>${ID})\\.(?<seq>${NUMBER}))?|l\\.(?<log>${NUMBER}))$`,
);
