import { newId, randomBuffer } from "../crypto/random.ts";
import { wipe } from "../crypto/wipe.ts";
import type { AppInfo } from "../run/vault-access.ts";
import type { Id } from "../store/store.ts";
import { VaultError } from "../vault-error.ts";
import { type Account, keyName } from "./account.ts";
import { type Context, type ContextName, formatContext, isProduction } from "./context.ts";
import { type EnvironmentEntry, findApp, findEnvironment } from "./directory.ts";
import { everyEnvironment } from "./every-environment.ts";
import type { EnvironmentState } from "./open-environment.ts";
import { contextNotFound, type Session } from "./session.ts";
import { secretItems } from "./settings-item.ts";
import { startEpoch } from "./sharing/new-epoch.ts";

/** Every app with its environments, sorted by name, and how many secrets each holds. */
export async function listApps(session: Session): Promise<readonly AppInfo[]> {
  const found = await everyEnvironment(session);
  const { directory } = await session.account();
  return [...directory.apps].sort(byName).map((app) => ({
    app: app.name,
    environments: found
      .filter(({ entry }) => entry.app === app.id)
      .sort((a, b) => byName(a.entry, b.entry))
      .map(({ entry, context, state }) => ({
        ...{ environment: entry.name, production: isProduction(context) },
        secrets: state === undefined ? 0 : countLive(state),
        ...(isShared(entry, state) && { shared: true as const }),
        ...(state === undefined ? {} : { role: state.role }),
      })),
  }));
}

/** Becomes another text when an app, an environment or a secret is written, by whatever process. */
export async function revisionOf(session: Session): Promise<string> {
  const found = await everyEnvironment(session);
  const { directory } = await session.account();
  const states = found.map(({ entry, state }) => `${entry.id}:${state?.head.counter ?? "closed"}`);
  return [...directory.apps.map(({ id }) => id), ...states].join(" ");
}

export async function createApp(session: Session, name: ContextName): Promise<void> {
  await session.changeAccount((account) => {
    if (findApp(account.directory, name) !== undefined) throw contextExists(name);
    return withApps(account, [...account.directory.apps, { id: newId(), name }]);
  });
  await session.audit({ actor: "owner", action: "create-app", names: [name], outcome: "ok" });
}

export async function deleteApp(session: Session, name: ContextName): Promise<void> {
  await session.changeAccount((account) => {
    const id = findApp(account.directory, name);
    if (id === undefined) throw contextNotFound(name);
    if (account.directory.environments.some((entry) => entry.app === id)) {
      throw new VaultError("limit-exceeded", `${name} still has environments. Delete them first with "ov env delete".`);
    }
    return withApps(
      account,
      account.directory.apps.filter((app) => app.id !== id),
    );
  });
  await session.audit({ actor: "owner", action: "delete-app", names: [name], outcome: "ok" });
}

/** The first manifest is written before the account names the environment, so a crash leaves nothing half made. */
export async function createEnvironment(session: Session, context: Context): Promise<void> {
  let id: Id | undefined;
  const key = randomBuffer(32);
  try {
    await session.changeAccount(async (account) => {
      // After a lost race the app may have got another id, which the manifest names: write it anew, and under a new id,
      // since a server keeps a deleted one for a while.
      if (id !== undefined) await session.deps.store.deleteEnvironment(id);
      id = newId();
      if (findEnvironment(account.directory, context) !== undefined) throw contextExists(formatContext(context));
      const app = findApp(account.directory, context.app);
      const entry = { id, app: app ?? newId(), name: context.environment };
      const environment = session.newEnvironment(entry, context, key);
      await environment.create();
      environment.wipe();
      const { directory } = account;
      const apps = app === undefined ? [...directory.apps, { id: entry.app, name: context.app }] : directory.apps;
      return {
        ...account,
        keys: new Map(account.keys).set(keyName(id, 1), key),
        directory: { ...directory, apps, environments: [...directory.environments, entry] },
      };
    });
  } finally {
    wipe(key);
  }
  await session.audit({ actor: "owner", action: "create-environment", names: [], outcome: "ok" }, context);
}

export async function deleteEnvironment(session: Session, context: Context): Promise<void> {
  const environment = await session.environment(context);
  if (environment.entry.shared !== undefined) throw notYours(context);
  const live = countLive(await environment.load());
  if (live > 0) {
    const secrets = `${live} secret${live === 1 ? "" : "s"}`;
    throw new VaultError(
      "limit-exceeded",
      `${formatContext(context)} still holds ${secrets}. Delete them first with "ov secret delete".`,
    );
  }
  await session.audit({ actor: "owner", action: "delete-environment", names: [formatContext(context)], outcome: "ok" });
  const { id } = environment.entry;
  await session.changeAccount((account) => ({
    ...account,
    keys: new Map([...account.keys].filter(([name]) => !name.startsWith(`${id}:`))),
    directory: {
      ...account.directory,
      environments: account.directory.environments.filter((entry) => entry.id !== id),
    },
  }));
  session.closeEnvironment(environment.entry);
  await session.deps.store.deleteEnvironment(id);
}

/** A new environment key; every secret is sealed again under it. */
export async function turnEnvironmentEpoch(session: Session, context: Context): Promise<void> {
  await startEpoch(session, await session.environment(context));
  await session.audit({ actor: "owner", action: "turn-epoch", names: [], outcome: "ok" }, context);
}

function countLive(state: EnvironmentState): number {
  return secretItems(state).filter((item) => !item.tombstone).length;
}

function isShared({ shared }: EnvironmentEntry, state: EnvironmentState | undefined): boolean {
  return shared !== undefined || (state?.head.members.length ?? 1) > 1;
}

function withApps(account: Account, apps: Account["directory"]["apps"]): Account {
  return { ...account, directory: { ...account.directory, apps } };
}

function notYours(context: Context): VaultError {
  return new VaultError(
    "not-permitted",
    `${formatContext(context)} is somebody else's. "ov share leave" takes it off your list.`,
  );
}

function contextExists(name: string): VaultError {
  return new VaultError("context-exists", `${name} exists already. See "ov env list".`);
}

function byName(a: { readonly name: string }, b: { readonly name: string }): number {
  return a.name < b.name ? -1 : 1;
}
