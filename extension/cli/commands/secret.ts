import { type Command, Option } from "commander";
import { VaultError } from "#core/vault-error.ts";
import type { Cli } from "../cli.ts";
import { addContextOptions, type ContextOptions } from "../context-of.ts";
import { addImportOptions } from "../import/import-options.ts";
import type { ImportOptions } from "../import/import-secrets.ts";
import { addDetailOptions } from "../secret/details.ts";
import { exportNames, listSecrets, showHistory } from "../secret/list.ts";
import {
  clearExposed,
  deleteSecret,
  purgeSecret,
  renameSecret,
  rollbackSecret,
  undeleteSecret,
} from "../secret/remove.ts";
import type { RotateOptions } from "../secret/rotate.ts";
import type { Way } from "../secret/rotate-on.ts";
import type { ShowOptions } from "../secret/show.ts";
import { addValueOptions } from "../secret/value-source.ts";
import { createSecret, updateSecret, type WriteOptions } from "../secret/write.ts";

const NAME = "NAME, or app/environment/NAME";

export function define(command: Command, cli: Cli): void {
  const add = (usage: string, description: string): Command =>
    addContextOptions(command.command(usage).description(description));

  addDetailOptions(addValueOptions(add("create", "store a new secret; without a source, ask for its value")))
    .argument("<name>", NAME)
    .action((name: string, options: WriteOptions) => createSecret(cli, name, options));
  addDetailOptions(addValueOptions(add("update", "give a secret a new value, or new details")))
    .argument("<name>", NAME)
    .option("-y, --yes", "don't ask whether to replace the value")
    .action((name: string, options: WriteOptions) => updateSecret(cli, name, options));
  add("list", "list names and details; never values")
    .argument("[query]", "app/environment, or only where name, description or tag has this")
    .option("--deleted", "list what was deleted and not purged")
    .option("--json", "as JSON")
    .action((query: string | undefined, options: ContextOptions & { deleted?: true; json?: true }) =>
      listSecrets(cli, query, options),
    );
  add("show", "show one name and its details, in one environment or all; never its value")
    .argument("<name>", NAME)
    .option("--all", "in every environment of the app")
    .option("--compare", "and which of them have the same value; asks for the master password")
    .option("--json", "as JSON")
    .action(async (name: string, options: ShowOptions) => {
      const { showSecret } = await import("../secret/show.ts");
      await showSecret(cli, name, options);
    });
  add("history", "list the versions of a secret")
    .argument("<name>", NAME)
    .option("--json", "as JSON")
    .action((name: string, options: ContextOptions & { json?: true }) => showHistory(cli, name, options));
  add("rollback", "make an earlier version the current one")
    .argument("<name>", NAME)
    .requiredOption("--to <version>", "the version, as in ov secret history")
    .option("-y, --yes", "don't ask")
    .action((name: string, options: ContextOptions & { to: string; yes?: true }) => rollbackSecret(cli, name, options));
  addValueOptions(command.command("rotate").description("replace a value at its source and in the vault, in one go"))
    .usage("[options] [name] [-- program [arguments]]")
    .argument("[name]", NAME)
    .argument("[program...]", "makes the new value and revokes the old one; see docs/guides/rotation.md")
    .option("-a, --app <app>", "the app (default: from .ov.yaml, else from ov config)")
    .option("-e, --env <environments>", "one or more, with commas; or app/environment; can be repeated", collect)
    .option("-s, --secrets <names>", "other secrets that the program gets, with commas between them")
    .option("--resume", "go on with what was cut off; of every secret, or of the named one")
    .option("--abort", "give up what was cut off: the old value is the only one again")
    .option("--revoked", "end what was cut off: you have revoked the old value yourself")
    .option("-y, --yes", "don't ask")
    .action(async (name: string | undefined, words: string[], options: RotateOptions & Partial<Record<Way, true>>) => {
      const way = (["resume", "abort", "revoked"] as const).find((each) => options[each]);
      if (way !== undefined)
        return (await import("../secret/rotate-on.ts")).goOnRotating(cli, name, words, way, options);
      if (name === undefined) throw new VaultError("argument-invalid", "Name the secret to rotate, or use --resume.");
      return (await import("../secret/rotate.ts")).rotateSecret(cli, name, words, options);
    });
  add("clear-exposed", "take the mark off an exposed value that stays; asks for the master password")
    .argument("<name>", NAME)
    .action((name: string, options: ContextOptions) => clearExposed(cli, name, options));
  add("rename", "give a secret another name")
    .argument("<name>", NAME)
    .argument("<new-name>")
    .option("-y, --yes", "don't ask")
    .action((name: string, to: string, options: ContextOptions & { yes?: true }) =>
      renameSecret(cli, name, to, options),
    );
  add("delete", "delete a secret; it can be brought back")
    .argument("<name>", NAME)
    .option("-y, --yes", "don't ask")
    .action((name: string, options: ContextOptions & { yes?: true }) => deleteSecret(cli, name, options));
  add("undelete", "bring a deleted secret back")
    .argument("<name>", NAME)
    .action((name: string, options: ContextOptions) => undeleteSecret(cli, name, options));
  add("purge", "destroy a deleted secret, or old versions, for good; asks for the master password")
    .argument("<name>", NAME)
    .option("--keep <number>", "of a secret that isn't deleted: keep this many of the newest versions")
    .action((name: string, options: ContextOptions & { keep?: string }) => purgeSecret(cli, name, options));
  addImportOptions(command.command("import").description("the same as ov import, for what another program wrote"))
    .argument("<file>")
    .action(async (file: string, options: ImportOptions) => {
      const { importSecrets } = await import("../import/import-secrets.ts");
      await importSecrets(cli, file, options);
    });
  add("export-names", "print the names, for a .env.example or a .ov.yaml; never values")
    .addOption(new Option("--format <format>").choices(["env", "yaml", "json"]).default("env"))
    .action((options: ContextOptions & { format: "env" | "yaml" | "json" }) => exportNames(cli, options));
  add("reveal", "show a value on the terminal, after the master password")
    .argument("<name>", NAME)
    .option("--version <number>", "an earlier version, as in ov secret history")
    .action(async (name: string, options: ContextOptions & { version?: string }) => {
      const { revealSecret } = await import("../secret/reveal.ts");
      await revealSecret(cli, name, options);
    });
}

function collect(value: string, before: readonly string[] = []): readonly string[] {
  return [...before, value];
}
