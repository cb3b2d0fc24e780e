import { isolationOf, type Policy, TRAIT_MEANING, TRAITS, verdictOn } from "#core/run/policy.ts";
import { networkText } from "#core/run/policy-text.ts";
import type { PolicyInfo } from "#core/run/vault-access.ts";
import { type Context, formatContext, isProduction } from "#core/vault/context.ts";
import type { Cli } from "../cli.ts";
import type { ContextOptions } from "../context-of.ts";
import { print, printJson, printTable } from "../print.ts";
import { withAccess } from "../with-access.ts";
import { policyContext } from "./policy-context.ts";

export async function showPolicy(
  cli: Cli,
  text: string | undefined,
  options: ContextOptions & { readonly json?: true },
): Promise<void> {
  const context = await policyContext(cli, text, options);
  await withAccess(cli, `show the policy of ${formatContext(context)}`, async ({ access }) => {
    const info = await access.policy(context);
    if (options.json) return printJson(asJson(context, info));
    printPolicy(context, info);
  });
}

export function titleOf(context: Context, { policy, isDefault }: PolicyInfo): string {
  const origin = isDefault ? "the default, since nobody has set a policy" : "set in the vault";
  return `${formatContext(context)}: preset ${policy.preset}, ${origin}`;
}

function printPolicy(context: Context, info: PolicyInfo): void {
  const { policy } = info;
  print(titleOf(context, info));
  if (isProduction(context) || policy.preset === "production") print("Every use is asked about, whatever is allowed.");
  print("");
  printTable(
    ["WHAT", "VERDICT", "FROM", ""],
    TRAITS.map((trait) => {
      const { verdict, from } = verdictOn(policy, trait);
      return [trait, verdict, from, TRAIT_MEANING[trait]];
    }),
  );
  const rules = [
    ...policy.deny.map((rule) => ["deny", rule] as const),
    ...policy.allow.map((rule) => ["allow", rule] as const),
  ];
  if (rules.length > 0) {
    print("");
    printTable(
      ["PROGRAM", "VERDICT", "SECRETS", "SHA-256"],
      rules.map(([verdict, rule]) => [
        rule.program,
        verdict,
        verdict === "allow" ? namesText(rule) : "",
        rule.sha256 === undefined ? "" : `${rule.sha256.slice(0, 16)}…`,
      ]),
    );
  }
  const { network, sandbox } = isolationOf(policy);
  print("");
  print(`network  ${networkText(network)}`);
  print(`sandbox  ${network !== "any" && sandbox === "off" ? "required, to limit the network" : sandbox}`);
}

function namesText({ names }: { readonly names?: readonly string[] }): string {
  if (names === undefined) return "any";
  return names.length === 0 ? "none" : names.join(", ");
}

/** `version` and `policy` are what a policy file holds; the rest tells what follows from them. */
function asJson(context: Context, { policy, isDefault }: PolicyInfo): Record<string, unknown> {
  return { version: 1, policy, context: formatContext(context), is_default: isDefault, effective: effective(policy) };
}

function effective(policy: Policy): Record<string, unknown> {
  const verdicts = Object.fromEntries(TRAITS.map((trait) => [trait, verdictOn(policy, trait).verdict]));
  return { verdicts, ...isolationOf(policy) };
}
