import type { PlainFormat } from "#core/export/plain-export.ts";
import type { ContextOptions } from "../context-of.ts";

export interface ExportOptions extends ContextOptions {
  readonly passphrase?: true;
  readonly plain?: true;
  readonly format?: PlainFormat;
  readonly stdout?: true;
}
