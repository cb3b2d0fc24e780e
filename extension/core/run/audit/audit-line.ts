import type { AuditRecord } from "../vault-access.ts";
import { onOneLine } from "../visible-text.ts";
import { type AuditFilter, passes } from "./audit-filter.ts";

/** One line of the audit log: what a device wrote, encrypted, or what the server saw, which knows no names. */
export interface AuditLine extends AuditRecord {
  readonly source: "vault" | "server";
  /** Of the server's: it knows an id. */
  readonly environment?: string;
  /** When the server got a device's entry, by the server's clock and signature. */
  readonly receivedAt?: number;
}

export function lineOf(record: AuditRecord, receivedAt: number | undefined): AuditLine {
  return { source: "vault", ...record, ...(receivedAt === undefined ? {} : { receivedAt }) };
}

/** The server knows no names and no clients: what asks for those, only the vault's own entries tell. */
export function linePasses(line: AuditLine, filter: AuditFilter): boolean {
  const { name, client, context } = filter;
  const isOfOwnOnly = name !== undefined || client !== undefined || context !== undefined;
  return (line.source === "vault" || !isOfOwnOnly) && passes(line, filter);
}

/** The stable fields of --json. */
export function asJson(line: AuditLine): Record<string, unknown> {
  return {
    source: line.source,
    time: new Date(line.time).toISOString(),
    received_at: line.receivedAt === undefined ? null : new Date(line.receivedAt).toISOString(),
    device: line.device,
    seq: line.seq,
    member: line.member ?? null,
    actor: line.actor,
    action: line.action,
    context: line.context ?? null,
    environment_id: line.environment ?? null,
    names: line.names,
    command_hash: line.commandHash ?? null,
    exit_code: line.exitCode ?? null,
    outcome: line.outcome,
    anomalies: line.anomalies ?? [],
  };
}

/** RFC 4180, with the fields of --json in their order. */
export function asCsv(lines: readonly AuditLine[], withHead: boolean): string {
  const rows = lines.map((line) =>
    Object.values({ ...asJson(line), names: line.names.join(" "), anomalies: line.anomalies?.join(" ") ?? "" }).map(
      cell,
    ),
  );
  const head = Object.keys(asJson(EMPTY));
  return (withHead ? [head, ...rows] : rows).map((row) => row.join(",")).join("\r\n");
}

/** A spreadsheet would take a text that begins so for a formula, and an agent chooses its own name. */
function cell(value: unknown): string {
  const text = onOneLine(value === null ? "" : String(value));
  const safe = typeof value === "string" && /^[=+\-@\t\r]/.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}

const EMPTY: AuditLine = {
  ...{ source: "vault", time: 0, device: "", seq: 0, actor: "", action: "", names: [], outcome: "" },
};
