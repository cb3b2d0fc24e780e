import type { VaultAccess } from "#core/run/vault-access.ts";
import { type Context, formatContext } from "#core/vault/context.ts";
import type { EnvironmentMembers, MemberInfo } from "#core/vault/sharing/list-members.ts";
import { VaultError } from "#core/vault-error.ts";
import type { Cli } from "../cli.ts";
import { contextsOf } from "../contexts-of.ts";
import { formatTime, print, printJson, printTable, say } from "../print.ts";
import { inRows } from "../server/confirm-server.ts";
import { withAccess } from "../with-access.ts";

export interface ListOptions {
  readonly env?: string;
  readonly json?: true;
}

export async function list(cli: Cli, { env, json }: ListOptions): Promise<void> {
  await withAccess(cli, "list who is in your environments", async ({ access }) => {
    const all = await membersOf(access, env);
    if (json) return printJson({ environments: all.map(asJson) });
    const shown = env === undefined ? all.filter((each) => each.members.length > 1 || each.invites.length > 0) : all;
    if (shown.length === 0)
      return say('Nothing is shared. Begin with "ov share invite --env app/environment --role reader".');
    printTable(
      ["ENVIRONMENT", "WHO", "ROLE", "", "WORDS"],
      shown.flatMap(({ context, members, invites }) => [
        ...members.map((member) => [formatContext(context), member.who, member.role, note(member), member.words]),
        ...invites.map(({ id, role, name = "", expires }) => [
          ...[formatContext(context), name, role],
          ...[`invited until ${formatTime(expires)}`, `ov share withdraw ${id}`],
        ]),
      ]),
    );
  });
}

/** For the phone: both sides read out what they see. */
export async function verify(cli: Cli, who: string, { env }: ListOptions): Promise<void> {
  await withAccess(cli, "show the words of a member", async ({ access }) => {
    const members = (await membersOf(access, env)).flatMap((each) => each.members);
    const member = members.find((each) => each.who === who || `${each.words} `.startsWith(`${words(who)} `));
    const own = members.find(({ isYou }) => isYou);
    if (member === undefined) {
      throw new VaultError("argument-invalid", `Nobody here is called ${JSON.stringify(who)}. See "ov share list".`);
    }
    say(`The words of ${member.who}:\n`);
    print(inRows(member.words.split(" ")).replaceAll("\r", ""));
    say(
      '\nThey see the same under "account" of "ov devices". If not, somebody else has their place: "ov share remove".',
    );
    if (own !== undefined && !member.isYou) say(`\nYours are:\n\n${inRows(own.words.split(" "))}`);
  });
}

async function membersOf(access: VaultAccess, env: string | undefined): Promise<readonly EnvironmentMembers[]> {
  const contexts = env === undefined ? await readable(access) : await contextsOf(access, [env]);
  const all: EnvironmentMembers[] = [];
  for (const context of contexts) all.push(await access.members(context));
  return all;
}

async function readable(access: VaultAccess): Promise<readonly Context[]> {
  return (await access.apps()).flatMap(({ app, environments }) =>
    environments.flatMap(({ environment, role }) => (role === undefined ? [] : [{ app, environment }])),
  );
}

function note({ isYou, isOwner }: MemberInfo): string {
  return [isYou ? "you" : "", isOwner ? "owner" : ""].filter((each) => each !== "").join(", ");
}

function words(text: string): string {
  return text
    .trim()
    .toLowerCase()
    .split(/[\s-]+/)
    .join(" ");
}

function asJson({ context, role, members, invites }: EnvironmentMembers) {
  return {
    ...{ context: formatContext(context), role },
    members: members.map(({ who, name, words: all, role: theirs, isYou, isOwner, fingerprint }) => ({
      ...{ who, ...(name === undefined ? {} : { name }), role: theirs, words: all, fingerprint },
      ...{ you: isYou, owner: isOwner },
    })),
    invites: invites.map(({ id, role: offered, name, expires }) => ({
      ...{ id, role: offered, expires: new Date(expires).toISOString() },
      ...(name === undefined ? {} : { name }),
    })),
  };
}
