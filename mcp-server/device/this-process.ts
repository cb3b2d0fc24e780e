import type { Paths } from "./paths.ts";

/** What the process gives everything that serves or uses the vault of this device. Made once, in a composition root. */
export interface ThisProcess {
  readonly env: NodeJS.ProcessEnv;
  readonly cwd: string;
  readonly home: string;
  readonly paths: Paths;
}
