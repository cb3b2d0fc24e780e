import { VaultError } from "../vault-error.ts";
import { type Context, requireContext, type SecretName } from "./context.ts";
import { PROJECT_FILE, type ProjectFile } from "./project-file.ts";

/** Where a context came from. */
export type ContextSource = "arguments" | "project-file" | "user-config";

export interface ResolvedContext {
  readonly context: Context;
  /** undefined = every secret of the context. */
  readonly names?: readonly SecretName[];
  readonly source: ContextSource;
  /**
   * The nearest file, to be shown to a person once. Also where the call names everything itself: the file may be another
   * one than the person knows, and hide the one that they do.
   */
  readonly projectFile?: ProjectFile;
}

/** Explicit argument, then `.ov.yaml`, then the user's configuration; with none, an error and never a guess. */
export function resolveContext(
  given: {
    readonly app?: string | undefined;
    readonly environment?: string | undefined;
    readonly secrets?: readonly SecretName[] | undefined;
  },
  file: ProjectFile | undefined,
  userDefault: { readonly app?: string | undefined; readonly environment?: string | undefined } | undefined,
  command?: string,
): ResolvedContext {
  const app = given.app ?? file?.app ?? userDefault?.app;
  const environment = given.environment ?? file?.environment ?? userDefault?.environment;
  if (app === undefined || environment === undefined) {
    const missing = app === undefined ? "app" : "environment";
    throw new VaultError(
      "context-missing",
      `No ${missing} was named. Name app and environment (--app and --env on the command line), or write them to ${PROJECT_FILE} with "ov init".`,
    );
  }
  const context = requireContext(app, environment);
  const explicit = given.app !== undefined && given.environment !== undefined;
  // The file speaks for its own context only; for another one it neither narrows nor widens.
  const own = file !== undefined && (file.app ?? app) === app && (file.environment ?? environment) === environment;
  const allowed = own ? narrow(file, command) : undefined;
  const names = given.secrets ?? allowed;
  for (const name of allowed === undefined ? [] : (given.secrets ?? [])) {
    if (!allowed!.includes(name)) {
      throw new VaultError(
        "denied-by-policy",
        `${file!.path} doesn't give ${name} to this command. Leave it out, or have a person add it there.`,
      );
    }
  }
  const fromFile = file !== undefined && !explicit && (file.app !== undefined || file.environment !== undefined);
  return {
    context,
    ...(names === undefined ? {} : { names }),
    source: explicit ? "arguments" : fromFile ? "project-file" : "user-config",
    ...(file === undefined ? {} : { projectFile: file }),
  };
}

function narrow(file: ProjectFile, command: string | undefined): readonly SecretName[] | undefined {
  if (file.commands === undefined || command === undefined) return file.secrets;
  const words = command.trim();
  let best: string | undefined;
  for (const prefix of file.commands.keys()) {
    const matches = words === prefix || words.startsWith(`${prefix} `);
    if (matches && prefix.length > (best?.length ?? -1)) best = prefix;
  }
  if (best === undefined) {
    throw new VaultError(
      "denied-by-policy",
      `${file.path} lists the commands that may have secrets, and this is none of them. Have a person add it there.`,
    );
  }
  // Shell operators after an allowed command would smuggle in another one.
  if (words.length > best.length && /[;&|<>`$()\n\r\\]/.test(words.slice(best.length))) {
    throw new VaultError(
      "denied-by-policy",
      `${file.path} allows ${JSON.stringify(best)} with plain arguments only. Run it without shell operators.`,
    );
  }
  const allowed = file.commands.get(best)!;
  return file.secrets === undefined ? allowed : allowed.filter((name) => file.secrets!.includes(name));
}
