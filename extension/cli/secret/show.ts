import { wipe } from "#core/crypto/wipe.ts";
import type { SecretInfo, VaultAccess } from "#core/run/vault-access.ts";
import { type Context, formatContext, type SecretName } from "#core/vault/context.ts";
import { dueInDays } from "#core/vault/rotation-due.ts";
import { VaultError } from "#core/vault-error.ts";
import type { Cli } from "../cli.ts";
import { type ContextOptions, secretOf } from "../context-of.ts";
import { formatTime, printJson, printTable } from "../print.ts";
import { withAccess } from "../with-access.ts";
import { provedPassword } from "../with-approval.ts";
import { dueNote, exposedNote } from "./secret-needs.ts";

export type ShowOptions = ContextOptions & { readonly all?: true; readonly compare?: true; readonly json?: true };

/** One name in one environment, or in every environment of its app. */
export async function showSecret(cli: Cli, text: string, options: ShowOptions): Promise<void> {
  const { name, context } = options.all ? await nameInApp(cli, text, options) : await secretOf(cli, text, options);
  const show = async (...[opened]: Parameters<Parameters<typeof withAccess>[2]>): Promise<void> => {
    const { access } = opened;
    const found = await placesOf(access, name, options.all ? await environmentsOf(access, context) : [context]);
    if (found.length === 0) {
      throw new VaultError("secret-not-found", `No secret named ${name} there. See "ov secret list".`);
    }
    let groups: ReadonlyMap<string, number | undefined> = new Map();
    if (options.compare) {
      const password = await provedPassword(opened, "Comparing values");
      const contexts = found.map((place) => place.context);
      const [compared] = await access.compare(contexts, password, name).finally(() => wipe(password));
      groups = new Map(compared?.places.map((place) => [formatContext(place.context), place.group]));
    }
    const rows = found.map((place) => ({ ...place, group: groups.get(formatContext(place.context)) }));
    if (options.json) return printJson({ name, environments: rows.map(asJson) });
    printTable(
      ["ENVIRONMENT", "VERSION", "VALUE SINCE", "LAST USED", ...(options.compare ? ["VALUE"] : []), "NOTES"],
      rows.map((row) => rowOf(row, options.compare === true)),
    );
  };
  await withAccess(cli, `show ${name}`, show, options.compare ? "terminal" : "anywhere");
}

interface Place {
  readonly context: Context;
  readonly info: SecretInfo;
}

type Row = Place & { readonly group: number | undefined };

async function placesOf(
  access: VaultAccess,
  name: SecretName,
  contexts: readonly Context[],
): Promise<readonly Place[]> {
  const places: Place[] = [];
  for (const context of contexts) {
    const info = (await access.list(context)).find((secret) => secret.name === name);
    if (info !== undefined) places.push({ context, info });
  }
  return places;
}

/** With --all the environment doesn't matter, so it need not be said. */
async function nameInApp(cli: Cli, text: string, { app }: ShowOptions) {
  const isPath = text.includes("/");
  const environment = isPath || app === undefined ? {} : { env: "any" };
  return secretOf(cli, text, { ...(app === undefined ? {} : { app }), ...environment });
}

async function environmentsOf(access: VaultAccess, { app }: Context): Promise<readonly Context[]> {
  const found = (await access.apps()).find((candidate) => candidate.app === app);
  return (found?.environments ?? []).map(({ environment }) => ({ app, environment }));
}

/** A, B, C …: equal letters are equal values. */
function rowOf({ context, info, group }: Row, isCompared: boolean): readonly string[] {
  const { version, updatedAt, valueSince = updatedAt, lastUsedAt } = info;
  return [
    ...[formatContext(context), `v${version}`, formatTime(valueSince)],
    lastUsedAt === undefined ? "-" : formatTime(lastUsedAt),
    ...(isCompared ? [group === undefined ? "-" : String.fromCharCode(64 + Math.min(group, 26))] : []),
    [exposedNote(info), dueNote(info, Date.now())].filter((note) => note !== undefined).join(", "),
  ];
}

function asJson({ context, info, group }: Row): Record<string, unknown> {
  return {
    environment: formatContext(context),
    version: info.version,
    value_since: new Date(info.valueSince ?? info.updatedAt).toISOString(),
    last_used: info.lastUsedAt === undefined ? null : new Date(info.lastUsedAt).toISOString(),
    rotation_due_in_days: dueInDays(info, Date.now()) ?? null,
    exposed: info.exposed !== undefined,
    value_group: group ?? null,
  };
}
