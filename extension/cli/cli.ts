import { homedir } from "node:os";
import { findPaths, type Paths } from "./paths.ts";

/** What the process gives a command. Made once, in ov.ts. */
export interface Cli {
  readonly env: NodeJS.ProcessEnv;
  readonly cwd: string;
  readonly home: string;
  readonly paths: Paths;
  /** The program and first arguments that start `ov` again, as absolute paths. */
  readonly self: readonly [program: string, ...args: string[]];
}

export function cliOfThisProcess(script: string): Cli {
  return {
    env: process.env,
    cwd: process.cwd(),
    home: homedir(),
    paths: findPaths(process.env),
    self: [process.execPath, script],
  };
}
