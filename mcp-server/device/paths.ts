import { homedir, userInfo } from "node:os";
import { isAbsolute, join, resolve } from "node:path";
import envPaths from "env-paths";
import { VaultError } from "#core/vault-error.ts";

export interface Paths {
  /** The vault's ciphertext: the embedded store's folder. */
  readonly vault: string;
  /** What this device remembers outside of the vault, and the log. */
  readonly state: string;
  /** Sockets, and the note of the running agent. Nobody else may enter: it is made with 0700. */
  readonly runtime: string;
  /** The user's own configuration file. */
  readonly config: string;
  /** Compiled code of `ov` itself. */
  readonly cache: string;
}

/** `OV_HOME` puts everything under one folder: for tests, and for a vault on a stick. */
export function findPaths(env: NodeJS.ProcessEnv): Paths {
  const home = ownHome(env);
  if (home !== undefined) {
    return {
      vault: join(home, "vault"),
      state: join(home, "state"),
      runtime: join(home, "run"),
      config: join(home, "config.json"),
      cache: join(home, "cache"),
    };
  }
  const user = envPaths("opaquevault", { suffix: "" });
  for (const path of [user.data, user.log, user.config, user.cache]) requireFullPath(path);
  return {
    vault: join(user.data, "vault"),
    state: user.log,
    // A runtime folder is emptied at logout, which is what a socket wants; only Linux has one.
    runtime: env.XDG_RUNTIME_DIR?.startsWith("/") ? join(env.XDG_RUNTIME_DIR, "opaquevault") : join(user.log, "run"),
    config: join(user.config, "config.json"),
    cache: user.cache,
  };
}

/** The user's home folder, by the system's own list where HOME is empty or no full path. */
export function homeFolder(): string {
  return isAbsolute(homedir()) ? homedir() : userInfo().homedir;
}

/** Beneath the current folder the vault would be another one in each project, and might be committed with it. */
function requireFullPath(path: string): void {
  if (isAbsolute(path)) return;
  throw new VaultError(
    "argument-invalid",
    `${path} would be below the current folder, since HOME or a variable such as XDG_DATA_HOME is empty or no full path. Set it to a full path, or OV_HOME to the folder of your vault.`,
  );
}

/** `OV_HOME` in full: the agent and the clients that start us work in other folders. */
export function ownHome(env: NodeJS.ProcessEnv): string | undefined {
  return env.OV_HOME ? resolve(env.OV_HOME) : undefined;
}
