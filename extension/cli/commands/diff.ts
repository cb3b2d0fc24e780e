import type { Command } from "commander";
import { wipe } from "#core/crypto/wipe.ts";
import { comparedPair } from "#core/vault/compared-pair.ts";
import { type Context, formatContext, parseContext } from "#core/vault/context.ts";
import { VaultError } from "#core/vault-error.ts";
import type { Cli } from "../cli.ts";
import { contextOf } from "../context-of.ts";
import { printJson, printTable, say } from "../print.ts";
import { withAccess } from "../with-access.ts";
import { provedPassword } from "../with-approval.ts";

export function define(command: Command, cli: Cli): void {
  command
    .argument("<a>", "an environment, or app/environment")
    .argument("<b>", "another one")
    .option("-a, --app <app>", "the app (default: from .ov.yaml, else from ov config)")
    .option("--json", "as JSON")
    .addHelpText("after", "\nNo value is shown. Whether two are equal is told after the master password only.")
    .action((a: string, b: string, options: { app?: string; json?: true }) => diff(cli, a, b, options));
}

async function diff(
  cli: Cli,
  first: string,
  second: string,
  { app, json }: { readonly app?: string; readonly json?: true },
): Promise<void> {
  const a = await placeOf(cli, first, app);
  const b = await placeOf(cli, second, app);
  if (formatContext(a) === formatContext(b)) {
    throw new VaultError("argument-invalid", `Both are ${formatContext(a)}. Name two environments.`);
  }
  const compared = await withAccess(
    cli,
    `compare ${formatContext(a)} and ${formatContext(b)}`,
    async (opened) => {
      const password = await provedPassword(opened, "Comparing values");
      return opened.access.compare([a, b], password).finally(() => wipe(password));
    },
    "terminal",
  );
  const rows = compared.map((secret) => {
    const { state, ...places } = comparedPair(secret, a, b);
    return {
      ...{ name: secret.name, state },
      ...{ version_a: places.a?.version ?? null, version_b: places.b?.version ?? null },
    };
  });
  if (json) return printJson({ a: formatContext(a), b: formatContext(b), secrets: rows });
  if (rows.length === 0) return say("Neither holds a secret.");
  const [inA, inB] = [formatContext(a), formatContext(b)];
  const shown = {
    "only-in-a": `only in ${inA}`,
    "only-in-b": `only in ${inB}`,
    same: "same",
    differs: "DIFFERS",
    decoy: "decoy",
  };
  printTable(
    ["NAME", inA, inB, ""],
    rows.map(({ name, state, version_a, version_b }) => [
      name,
      versionOf(version_a),
      versionOf(version_b),
      shown[state],
    ]),
  );
}

async function placeOf(cli: Cli, text: string, app: string | undefined): Promise<Context> {
  if (text.includes("/")) return parseContext(text);
  return (await contextOf(cli, { ...(app === undefined ? {} : { app }), env: text })).context;
}

function versionOf(version: number | null): string {
  return version === null ? "-" : `v${version}`;
}
