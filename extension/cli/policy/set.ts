import { isolationOf, type Policy, TRAITS, verdictOn } from "#core/run/policy.ts";
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
import { networkText } from "./show.ts";

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

/** What a person reads before they type the password. */
export function changesBetween(before: Policy, after: Policy): readonly string[] {
  const pairs: readonly (readonly [string, string, string])[] = [
    ["preset", before.preset, after.preset],
    ...TRAITS.map((trait) => [trait, verdictOn(before, trait).verdict, verdictOn(after, trait).verdict] as const),
    ["network", networkText(isolationOf(before).network), networkText(isolationOf(after).network)],
    ["sandbox", isolationOf(before).sandbox, isolationOf(after).sandbox],
  ];
  const [old, now] = [rulesOf(before), rulesOf(after)];
  return [
    ...pairs.filter(([, from, to]) => from !== to).map(([what, from, to]) => `${what}: ${from} -> ${to}`),
    ...now.filter((rule) => !old.includes(rule)).map((rule) => `+ ${rule}`),
    ...old.filter((rule) => !now.includes(rule)).map((rule) => `- ${rule}`),
  ];
}

function rulesOf({ allow, deny }: Policy): readonly string[] {
  const pinned = (sha256: string | undefined): string =>
    sha256 === undefined ? "" : ` (SHA-256 ${sha256.slice(0, 16)}…)`;
  return [
    ...allow.map(({ program, names, sha256 }) => {
      const only =
        names === undefined ? "" : `, with ${names.length === 0 ? "no secrets" : `only ${names.join(", ")}`}`;
      return `allow ${program}${only}${pinned(sha256)}`;
    }),
    ...deny.map(({ program, sha256 }) => `deny ${program}${pinned(sha256)}`),
  ];
}
