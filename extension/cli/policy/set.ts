import { changesBetween } from "#core/run/policy-text.ts";
import { formatContext } from "#core/vault/context.ts";
import { VaultError } from "#core/vault-error.ts";
import type { Cli } from "../cli.ts";
import type { ContextOptions } from "../context-of.ts";
import { say } from "../print.ts";
import { withTerminal } from "../terminal.ts";
import { withAccess } from "../with-access.ts";
import { withProof } from "../with-approval.ts";
import { type ChangeOptions, changePolicy } from "./change.ts";
import { policyContext } from "./policy-context.ts";

/** A person changes the policy: the master password is typed at a terminal, so no agent can loosen what holds it. */
export async function setPolicy(
  cli: Cli,
  text: string | undefined,
  options: ContextOptions & ChangeOptions,
): Promise<void> {
  const { app: _, env: __, ...wanted } = options;
  if (Object.keys(wanted).length === 0) {
    throw new VaultError(
      "argument-invalid",
      'Say what to change, such as --preset strict. See "ov policy set --help".',
    );
  }
  const context = await policyContext(cli, text, options);
  const name = formatContext(context);
  await withTerminal("Changing a policy", (terminal) =>
    withAccess(
      cli,
      `change the policy of ${name}`,
      async (opened) => {
        const before = (await opened.access.policy(context)).policy;
        const after = changePolicy(context, before, wanted, { cwd: cli.cwd, path: cli.env.PATH });
        const changes = changesBetween(before, after);
        say(changes.length === 0 ? `The policy of ${name} stays as it is:` : `The policy of ${name} changes:`);
        for (const line of changes) say(`  ${line}`);
        await withProof(terminal, opened, (password) => opened.access.setPolicy(context, after, password));
        say(`Set. "ov policy show ${name}" shows all of it.`);
      },
      "terminal",
    ),
  );
}
