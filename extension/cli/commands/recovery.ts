import { type Command, Option } from "commander";
import type { Cli } from "../cli.ts";
import type { CombineOptions } from "../recovery/combine-shares.ts";
import type { SplitOptions } from "../recovery/split-code.ts";

export function define(command: Command, cli: Cli): void {
  command.addHelpText("after", '\nTo use a kit: "ov vault recover". See docs/guides/recovery.md.');
  command
    .command("kit")
    .description("make a new recovery kit to print; the code of the old one stops working once this one is confirmed")
    .argument("[file]", "a new file for it instead of the screen; .html makes a page to print")
    .action(async (file: string | undefined) => {
      const { newKit } = await import("../recovery/new-kit.ts");
      return newKit(cli, file);
    });
  command
    .command("split")
    .description("make shares of the recovery code for several people, of whom some together can recover")
    .requiredOption("--shares <number>", "how many shares")
    .requiredOption("--threshold <number>", "how many of them give the code back")
    .option("--code-file <file>", "read the recovery code, or a whole kit, from this file instead of asking for it")
    .option("--folder <folder>", "write each share to a file of its own in there, instead of showing it")
    .action(async (options: SplitOptions) => {
      const { splitRecoveryCode } = await import("../recovery/split-code.ts");
      return splitRecoveryCode(cli, options);
    });
  command
    .command("combine")
    .description("get the recovery code back from shares")
    .addOption(
      new Option("--share-file <file>", "a file with a share, instead of typing it; for each one").argParser(
        (file: string, before: readonly string[] | undefined) => [...(before ?? []), file],
      ),
    )
    .option("--code-file <file>", "write the code to this new file instead of showing it")
    .action(async (options: CombineOptions) => {
      const { combineRecoveryCode } = await import("../recovery/combine-shares.ts");
      return combineRecoveryCode(options);
    });
}
