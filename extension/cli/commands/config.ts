import type { Command } from "commander";
import {
  CONFIG_KEYS,
  checkSetting,
  DEFAULT_LOCK_MINUTES,
  DEFAULT_OFFLINE_HOURS,
  DEFAULT_USUAL_HOURS,
  readUserConfig,
  requireKey,
  type UserConfig,
  writeUserConfig,
} from "#mcp/device/user-config.ts";
import type { Cli } from "../cli.ts";
import { print, printJson, printTable, say } from "../print.ts";

export function define(command: Command, cli: Cli): void {
  command
    .command("list")
    .description("show every setting")
    .option("--json", "as JSON")
    .action((options: { json?: true }) => {
      const config = readUserConfig(cli.paths.config);
      if (options.json) return printJson({ file: cli.paths.config, settings: config });
      printTable(
        ["SETTING", "VALUE"],
        CONFIG_KEYS.map((key) => [key, String(config[key] ?? fallback(key))]),
      );
      say(`\nKept in ${cli.paths.config}`);
    });

  command
    .command("get")
    .description("print one setting")
    .argument("<setting>", CONFIG_KEYS.join(", "))
    .action((key: string) => {
      const known = requireKey(key);
      print(String(readUserConfig(cli.paths.config)[known] ?? fallback(known)));
    });

  command
    .command("set")
    .description("change one setting")
    .argument("<setting>", CONFIG_KEYS.join(", "))
    .argument("<value>")
    .action((key: string, value: string) => {
      writeUserConfig(cli.paths.config, { ...readUserConfig(cli.paths.config), ...checkSetting(key, value) });
      say(`${key} is ${value} now.`);
    });

  command
    .command("unset")
    .description("go back to the default of one setting")
    .argument("<setting>", CONFIG_KEYS.join(", "))
    .action((key: string) => {
      const { [requireKey(key)]: _, ...rest } = readUserConfig(cli.paths.config);
      writeUserConfig(cli.paths.config, rest as UserConfig); // every setting is optional
      say(`${key} is back to its default.`);
    });
}

function fallback(key: (typeof CONFIG_KEYS)[number]): string | number {
  if (key === "offline_hours") return DEFAULT_OFFLINE_HOURS;
  if (key === "usual_hours") return DEFAULT_USUAL_HOURS;
  return key === "lock_after_minutes" ? DEFAULT_LOCK_MINUTES : "(none)";
}
