import { isVaultError } from "../vault-error.ts";
import type { Context } from "./context.ts";
import type { Directory, EnvironmentEntry } from "./directory.ts";
import type { EnvironmentState, OpenEnvironment } from "./open-environment.ts";
import type { Session } from "./session.ts";

/** An environment of the account; `state` is undefined for one of somebody else's that this account can't read any more. */
export interface FoundEnvironment {
  readonly entry: EnvironmentEntry;
  readonly context: Context;
  readonly environment: OpenEnvironment;
  readonly state: EnvironmentState | undefined;
}

/** All environments, loaded. One that an admin has closed to this account must not stand in the way of the others. */
export async function everyEnvironment(session: Session): Promise<readonly FoundEnvironment[]> {
  const { directory } = await session.account();
  const found: FoundEnvironment[] = [];
  for (const entry of directory.environments) {
    const context = contextOf(directory, entry);
    const environment = await session.environment(context);
    const state = await environment.load().catch((error: unknown) => {
      if (entry.shared !== undefined && isVaultError(error, "not-permitted")) return undefined;
      throw error;
    });
    found.push({ entry, context, environment, state });
  }
  return found;
}

export function contextOf(directory: Directory, entry: EnvironmentEntry): Context {
  const app = directory.apps.find(({ id }) => id === entry.app)!; // an entry without its app is never written
  return { app: app.name, environment: entry.name };
}
