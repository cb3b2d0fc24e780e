import type { ImportFormat } from "#core/import/format-names.ts";
import { detectFormat, IMPORT_FORMATS } from "#core/import/import-format.ts";
import { type Named, nameSecrets } from "#core/import/name-secrets.ts";

export interface ReadFile {
  readonly format: ImportFormat;
  /** Name and value, the bytes as latin1. */
  readonly values: Readonly<Record<string, string>>;
  /** What was left out, with why. */
  readonly left: Readonly<Record<string, string>>;
  readonly named: Named;
}

/** A file, read and named as `ov import` does it; without a format, the one that is found out. */
export function readFile(file: string | Uint8Array, format?: ImportFormat, leaveOut?: readonly string[]): ReadFile {
  const bytes = typeof file === "string" ? Buffer.from(file, "utf8") : file;
  const found = format ?? detectFormat(bytes);
  const named = nameSecrets(IMPORT_FORMATS[found].read(bytes), leaveOut);
  return {
    format: found,
    values: Object.fromEntries(named.secrets.map(({ name, value }) => [name, value.toString("latin1")])),
    left: Object.fromEntries(named.left.map(({ from, reason }) => [from, reason])),
    named,
  };
}
