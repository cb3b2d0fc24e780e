import type { VaultAccess } from "#core/run/vault-access.ts";
import { type Context, formatContext } from "#core/vault/context.ts";
import type { Role } from "#core/vault/manifest.ts";
import { VaultError } from "#core/vault-error.ts";
import { askYes } from "../ask-person.ts";
import type { Cli } from "../cli.ts";
import { contextsOf } from "../contexts-of.ts";
import { print, say } from "../print.ts";
import { withTerminal } from "../terminal.ts";
import { withAccess } from "../with-access.ts";
import { provedPassword } from "../with-approval.ts";

export async function setRole(cli: Cli, who: string, text: string, env: string): Promise<void> {
  const role = ROLES.find((each) => each === text);
  if (role === undefined) throw new VaultError("argument-invalid", `A role is one of ${ROLES.join(", ")}.`);
  await change(cli, `change a role in ${env}`, env, undefined, async (access, contexts, password) => {
    for (const context of contexts) {
      await access.setRole(context, who, role, password);
      say(`${who} is ${role} of ${formatContext(context)}.`);
    }
  });
}

export async function remove(cli: Cli, who: string, env: string): Promise<void> {
  const question = `Remove ${who} from ${env}, and give new keys to all others?`;
  await change(cli, `remove somebody from ${env}`, env, question, async (access, contexts, password) => {
    for (const context of contexts) {
      const { who: gone, toRotate } = await access.removeMember(context, who, password);
      say(`${gone} is out of ${formatContext(context)}: it has new keys, which they don't get.`);
      if (toRotate.length === 0) continue;
      say("What they could read, they may have kept. Replace these at their source; they are marked until you do:");
      for (const name of toRotate) print(`${formatContext(context)}/${name}`);
    }
  });
}

export async function leave(cli: Cli, env: string): Promise<void> {
  await change(
    cli,
    `leave ${env}`,
    env,
    `Leave ${env}? Its keys go from your vault.`,
    async (access, contexts, password) => {
      for (const context of contexts) {
        const outcome = await access.leave(context, password);
        say(`${formatContext(context)} is off your list, and its keys are gone from your vault.`);
        if (outcome === "still-named") {
          say('Its members still have you on theirs: ask an admin to run "ov share remove", which makes new keys too.');
        }
      }
    },
  );
}

export async function withdraw(cli: Cli, id: string): Promise<void> {
  await withAccess(cli, "take back an invite", ({ access }) => access.withdrawInvite(id));
  say("Taken back: the code opens nothing any more.");
}

export async function nameMember(cli: Cli, who: string, name: string, env: string): Promise<void> {
  await withAccess(cli, "name a member", async ({ access }) => {
    for (const context of await contextsOf(access, [env])) await access.nameMember(context, who, name);
  });
  say(`${who} is ${name} from now on. Only you see that.`);
}

const ROLES: readonly Role[] = ["reader", "writer", "admin"];

/** A person at a terminal, with the master password: who has the keys is nothing that an agent decides. */
async function change(
  cli: Cli,
  purpose: string,
  env: string,
  question: string | undefined,
  use: (access: VaultAccess, contexts: readonly Context[], password: Uint8Array) => Promise<void>,
): Promise<void> {
  await withAccess(
    cli,
    purpose,
    async (opened) => {
      const contexts = await contextsOf(opened.access, [env]);
      const yes = question === undefined || (await withTerminal("Sharing", (terminal) => askYes(terminal, question)));
      if (!yes) throw new VaultError("cancelled", "Nothing was changed.");
      const password = await provedPassword(opened, "Sharing");
      try {
        await use(opened.access, contexts, password);
      } finally {
        password.fill(0);
      }
    },
    "terminal",
  );
}
