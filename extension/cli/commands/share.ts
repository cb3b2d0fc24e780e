import { type Command, Option } from "commander";
import type { Cli } from "../cli.ts";
import type { AcceptOptions } from "../share/accept.ts";
import type { InviteOptions } from "../share/invite.ts";

const ENV = "app/environment, or app/* for all environments of the app";
const WHO = "a member, as `ov share list` shows it: a name, or the first words";

export function define(command: Command, cli: Cli): void {
  command.addHelpText("after", "\nThe vault has to be on a server. See docs/guides/team.md.");
  command
    .command("invite")
    .description("make a code that lets one person into an environment; shown once, good for seven days")
    .requiredOption("-e, --env <context>", ENV)
    .addOption(new Option("-r, --role <role>", "what they may do").choices(ROLES).makeOptionMandatory())
    .option("--name <name>", "what you call them")
    .option("--wait", "wait until they have accepted, and give them the keys at once")
    .action(async (options: InviteOptions) => (await import("../share/invite.ts")).invite(cli, options));
  command
    .command("accept")
    .description("take an invite; makes you an account on its server, if you have none")
    .argument("<code>", "the code that you were given: ovi1_…")
    .option("--name <name>", "what you call the one who invited you")
    .option("--app <app>", "what you call the app, if not as they do")
    .option(
      "--recovery-file <file>",
      "for a new account: write its recovery kit to this new file instead of showing it",
    )
    .option("--no-wait", "don't wait for the keys: `ov share confirm` takes them later")
    .action(async (code: string, options: AcceptOptions) =>
      (await import("../share/accept.ts")).accept(cli, code, options),
    );
  command
    .command("confirm")
    .description("give the keys to those who have accepted your invites, and take those that were given to you")
    .action(async () => (await import("../share/confirm.ts")).confirm(cli));
  command
    .command("list", { isDefault: true })
    .description("list who is in your environments, and who is invited")
    .option("-e, --env <context>", ENV)
    .option("--json", "as JSON")
    .action(async (options: { env?: string; json?: true }) => (await import("../share/list.ts")).list(cli, options));
  command
    .command("role")
    .description("give a member another role")
    .argument("<who>", WHO)
    .argument("<role>", ROLES.join(", "))
    .requiredOption("-e, --env <context>", ENV)
    .action(async (who: string, role: string, options: { env: string }) =>
      (await import("../share/members.ts")).setRole(cli, who, role, options.env),
    );
  command
    .command("remove")
    .description("remove a member: new keys for those who stay, and a list of the values to replace")
    .argument("<who>", WHO)
    .requiredOption("-e, --env <context>", ENV)
    .action(async (who: string, options: { env: string }) =>
      (await import("../share/members.ts")).remove(cli, who, options.env),
    );
  command
    .command("leave")
    .description("leave somebody else's environment")
    .requiredOption("-e, --env <context>", ENV)
    .action(async (options: { env: string }) => (await import("../share/members.ts")).leave(cli, options.env));
  command
    .command("withdraw")
    .description("take back an invite that nobody has accepted")
    .argument("<id>", "the invite, as `ov share list` shows it")
    .action(async (id: string) => (await import("../share/members.ts")).withdraw(cli, id));
  command
    .command("verify")
    .description("show the twelve words of a member, to compare them on the phone")
    .argument("<who>", WHO)
    .option("-e, --env <context>", ENV)
    .action(async (who: string, options: { env?: string }) =>
      (await import("../share/list.ts")).verify(cli, who, options),
    );
  command
    .command("name")
    .description("call a member by a name that only you see")
    .argument("<who>", WHO)
    .argument("<name>")
    .requiredOption("-e, --env <context>", ENV)
    .action(async (who: string, name: string, options: { env: string }) =>
      (await import("../share/members.ts")).nameMember(cli, who, name, options.env),
    );
}

const ROLES = ["reader", "writer", "admin"] as const;
