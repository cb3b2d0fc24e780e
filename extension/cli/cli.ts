import { VaultError } from "#core/vault-error.ts";
import { homeFolder, type Paths } from "#mcp/device/paths.ts";
import type { ThisProcess } from "#mcp/device/this-process.ts";

/** What the process gives a command. Made once, in ov.ts. */
export interface Cli extends ThisProcess {
  /** The program and first arguments that start `ov` again, as absolute paths. */
  readonly self: readonly [program: string, ...args: string[]];
}

export function cliOfThisProcess(script: string, paths: Paths): Cli {
  return { env: process.env, cwd: workingFolder(), home: homeFolder(), paths, self: [process.execPath, script] };
}

function workingFolder(): string {
  try {
    return process.cwd();
  } catch (cause) {
    throw new VaultError("cwd-invalid", "The folder that you are in was deleted. Go to another one.", { cause });
  }
}
