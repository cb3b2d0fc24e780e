import { appendFileSync } from "node:fs";
import { join } from "node:path";
import { CommanderError } from "commander";
import { isVaultError } from "#core/vault-error.ts";
import type { Paths } from "#mcp/device/paths.ts";
import { makePrivateFolder } from "#mcp/device/private-file.ts";
import { EXIT_CODE } from "./exit-code.ts";
import { say, style } from "./print.ts";

/** Tells the person what went wrong, and returns the exit code. The edge where every error of the command line ends. */
export function reportError(error: unknown, paths?: Paths): number {
  if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : EXIT_CODE["argument-invalid"];
  const mark = style("red", "ov:", process.stderr);
  if (isVaultError(error)) {
    say(`${mark} ${error.message}`);
    return EXIT_CODE[error.code];
  }
  const log = paths && logBug(error, paths);
  say(
    `${mark} Something went wrong inside OpaqueVault, which is a bug.${log === undefined ? "" : ` Report it with the last entry of ${log}.`}`,
  );
  return 1;
}

/** The stack without the message: messages of unexpected errors quote what was parsed, which may be a value. */
function logBug(error: unknown, paths: Paths): string | undefined {
  const name = error instanceof Error ? error.constructor.name : typeof error;
  const code = error instanceof Error && "code" in error ? ` ${String(error.code)}` : "";
  const frames = error instanceof Error ? (error.stack ?? "").split("\n").filter((line) => /^ {4}at /.test(line)) : [];
  try {
    const log = join(paths.state, "ov.log");
    makePrivateFolder(paths.state);
    appendFileSync(log, `${new Date().toISOString()} ${name}${code}\n${frames.join("\n")}\n`, { mode: 0o600 });
    return log;
  } catch {
    return undefined;
  }
}
