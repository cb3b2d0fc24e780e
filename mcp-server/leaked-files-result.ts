import * as z from "zod";
import type { LeakScan } from "#core/run/leaked-files.ts";
import type { Context } from "#core/vault/context.ts";
import { shortLine } from "#mcp/display-text.ts";
import type { ServerDeps } from "#mcp/server-deps.ts";

/** What a tool's result says of files in which a run left values; both are left out where there is nothing to say. */
export const leakedFields = {
  leaked_to_files: z
    .array(z.object({ path: z.string(), names: z.array(z.string()) }))
    .optional()
    .describe("Files in which the command left values of secrets. Don't read them; remove the values."),
  leak_scan_incomplete: z
    .enum(["time", "too many files", "too large", "unreadable"])
    .optional()
    .describe("Why not every changed file was looked at"),
  leak_scan_unread: z
    .array(z.string())
    .optional()
    .describe("Some of the changed files that could not be looked into; they may hold values. Don't read them."),
};

export interface LeakedOutput {
  readonly leaked_to_files?: { path: string; names: string[] }[] | undefined;
  readonly leak_scan_incomplete?: LeakScan["incomplete"];
  readonly leak_scan_unread?: string[] | undefined;
}

/** For the model. */
export function leakedOutput({ files, incomplete, unread }: LeakScan): LeakedOutput {
  const shown = files.map(({ path, names }) => ({ path: shortLine(path, 500), names: [...names] }));
  return {
    ...(files.length === 0 ? {} : { leaked_to_files: shown }),
    ...(incomplete === undefined ? {} : { leak_scan_incomplete: incomplete }),
    ...(unread === undefined ? {} : { leak_scan_unread: unread.map((path) => shortLine(path, 500)) }),
  };
}

/** For the person, where this process can show them something. */
export function tellLeaked(deps: ServerDeps, context: Context, cwd: string, { files }: LeakScan): void {
  if (files.length === 0) return;
  deps.log(`leaked-to-files ${files.length}`);
  deps.onLeaked?.({ context, cwd, files });
}

export function renderLeaked({
  leaked_to_files,
  leak_scan_incomplete,
  leak_scan_unread,
}: LeakedOutput): readonly string[] {
  const files = leaked_to_files ?? [];
  const listed = files.map(({ path, names }) => `  ${path}: ${names.join(", ")}`);
  return [
    ...(files.length === 0
      ? []
      : [
          "WARNING: the command left values of secrets in files. Don't read them; have the values removed, and a person give the secrets new ones:",
          ...listed,
        ]),
    ...(leak_scan_incomplete === undefined ? [] : [`(not every changed file was looked at: ${leak_scan_incomplete})`]),
    ...(leak_scan_unread ?? []).map((path) => `  not looked into: ${path}`),
  ];
}
