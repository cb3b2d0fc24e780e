import type { Context } from "#core/vault/context.ts";
import type { Role } from "#core/vault/manifest.ts";
import type { MadeInvite } from "#core/vault/sharing/invite.ts";
import type { Cli } from "../cli.ts";
import { contextsOf } from "../contexts-of.ts";
import { formatTime, print, say } from "../print.ts";
import { withTerminal } from "../terminal.ts";
import { type OpenedVault, withAccess } from "../with-access.ts";
import { withProof } from "../with-approval.ts";
import { tellConfirmed } from "./tell.ts";
import { waitUntil } from "./wait-until.ts";

export interface InviteOptions {
  readonly env: string;
  readonly role: Role;
  readonly name?: string;
  readonly wait?: true;
}

/** A person at a terminal, always: whoever has the code gets the values. */
export async function invite(cli: Cli, options: InviteOptions): Promise<void> {
  await withAccess(
    cli,
    `share ${options.env}`,
    async (opened) => {
      const contexts = await contextsOf(opened.access, [options.env]);
      const made = await withTerminal("Inviting somebody", (terminal) =>
        withProof(terminal, opened, (password) => opened.access.invite(asked(contexts, options), password)),
      );
      tellCode(made, options);
      if (options.wait) await waitFor(opened, made);
    },
    "terminal",
  );
}

function asked(contexts: readonly Context[], { role, name }: InviteOptions) {
  return { contexts, role, ...(name === undefined ? {} : { name }) };
}

function tellCode(
  { code, expires, id }: MadeInvite,
  { env, role, wait, name = "your colleague" }: InviteOptions,
): void {
  say(`An invite to ${env} as ${role}, for one person, until ${formatTime(expires)}. It is not shown again:\n`);
  print(code);
  say(`\nGive it to ${name} and nobody else, by a way that you trust: whoever has it first gets in. They run:\n`);
  say("    ov share accept CODE\n");
  if (wait) return;
  say(
    'When they have, "ov share confirm" gives them the keys. While your vault is unlocked here, that happens by itself.',
  );
  say(`To take it back: ov share withdraw ${id}`);
}

async function waitFor({ access }: OpenedVault, { id }: MadeInvite): Promise<void> {
  await waitUntil("Waiting until the invite is accepted. Ctrl-C stops the waiting, and not the invite.", async () => {
    const { confirmed, open } = await access.catchUp();
    tellConfirmed(confirmed);
    return !open.includes(id);
  });
}
