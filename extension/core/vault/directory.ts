import type { Id } from "../store/store.ts";
import { asId } from "../store/store.ts";
import { asContextName, type Context, type ContextName } from "./context.ts";
import { damaged } from "./wire.ts";

/** The names of apps and environments. Stored encrypted: the store knows ids only. */
export interface Directory {
  readonly apps: readonly { readonly id: Id; readonly name: ContextName }[];
  readonly environments: readonly EnvironmentEntry[];
  /** SHA-256 of what proves the recovery code to a server, hex: for a vault that moves there later. */
  readonly recovery?: string;
}

export interface EnvironmentEntry {
  readonly id: Id;
  readonly app: Id;
  readonly name: ContextName;
}

export const EMPTY_DIRECTORY: Directory = { apps: [], environments: [] };

export function encodeDirectory(directory: Directory): Buffer {
  return Buffer.from(JSON.stringify(directory), "utf8");
}

export function decodeDirectory(bytes: Buffer): Directory {
  const parsed = JSON.parse(bytes.toString("utf8")) as { apps: Named[]; environments: (Named & { app: string })[]; recovery?: string };
  return {
    apps: parsed.apps.map((app) => ({ id: id(app.id), name: name(app.name) })),
    environments: parsed.environments.map((entry) => ({
      id: id(entry.id),
      app: id(entry.app),
      name: name(entry.name),
    })),
    ...(parsed.recovery !== undefined && { recovery: parsed.recovery }),
  };
}

export function findApp(directory: Directory, name: ContextName): Id | undefined {
  return directory.apps.find((app) => app.name === name)?.id;
}

export function findEnvironment(directory: Directory, context: Context): EnvironmentEntry | undefined {
  const app = findApp(directory, context.app);
  return directory.environments.find((entry) => entry.app === app && entry.name === context.environment);
}

interface Named {
  readonly id: string;
  readonly name: string;
}

// The bytes were authenticated: a wrong shape is a bug or a newer writer, and stops here.
function id(text: string): Id {
  const known = asId(text);
  if (known === undefined) throw damaged("The vault's list of apps");
  return known;
}

function name(text: string): ContextName {
  const known = asContextName(text);
  if (known === undefined) throw damaged("The vault's list of apps");
  return known;
}
