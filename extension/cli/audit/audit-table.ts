import type { Anomaly } from "#core/run/audit/anomalies.ts";
import type { AuditLine } from "#core/run/audit/audit-line.ts";
import { formatTime, printTable } from "../print.ts";

export function showTable(lines: readonly AuditLine[]): void {
  printTable(
    ["TIME", "DEVICE", "WHO", "ACTION", "CONTEXT", "SECRETS", "RESULT"],
    lines.map((line) => [
      ...[formatTime(line.time), line.device.slice(0, 8), whoOf(line), line.action],
      ...[line.context ?? line.environment?.slice(0, 8) ?? "", line.names.join(", "), resultOf(line)],
    ]),
  );
}

function whoOf({ member, actor }: AuditLine): string {
  if (member === undefined) return actor;
  return actor === "owner" ? member : `${member}: ${actor}`;
}

function resultOf({ outcome, exitCode, anomalies = [] }: AuditLine): string {
  const result = exitCode === undefined ? outcome : `${outcome}, exit code ${exitCode}`;
  return anomalies.length === 0 ? result : `${result}  (!) ${anomalies.map((anomaly) => UNUSUAL[anomaly]).join(", ")}`;
}

const UNUSUAL = {
  device: "a new device",
  client: "a new client",
  hours: "outside of the usual hours",
  decoy: "a decoy",
  burst: "many uses within a minute",
  missing: "missing",
} as const satisfies Record<Anomaly, string>;
