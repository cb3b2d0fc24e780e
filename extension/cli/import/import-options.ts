import { type Command, Option } from "commander";
import { IMPORT_FORMAT_NAMES } from "#core/import/format-names.ts";
import { addContextOptions } from "../context-of.ts";

/** The arguments of `ov import` and `ov secret import`, which are one. */
export function addImportOptions(command: Command): Command {
  return addContextOptions(command)
    .addOption(
      new Option("--format <format>", "what the file is; found out otherwise").choices([...IMPORT_FORMAT_NAMES]),
    )
    .addOption(
      new Option(
        "--map <place=context>",
        "where a folder, project or vault of the file goes: PLACE=app/environment, PLACE=- for nowhere; for each one",
      ).argParser(collect),
    )
    .addOption(
      new Option(
        "--leave-out <name>",
        "don't import this one, named as in the file or in the preview; for each one",
      ).argParser(collect),
    )
    .option("--descriptions", "take comments of the file as descriptions, which agents can read")
    .option("-y, --yes", "import without asking, and keep the file")
    .option("--delete", "delete the file afterwards without asking");
}

function collect(text: string, before: readonly string[] | undefined): readonly string[] {
  return [...(before ?? []), text];
}
