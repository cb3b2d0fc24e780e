import { VaultError } from "#core/vault-error.ts";
import type { Client } from "#mcp/client-setup/clients.ts";
import { type Change, writeChange } from "#mcp/client-setup/install.ts";
import { askYes } from "./ask-person.ts";
import { say, style } from "./print.ts";
import { hasTerminal, withTerminal } from "./terminal.ts";

/** Shows a change of a client's configuration, asks, and writes it; the old file stays beside the new one. */
export async function applyChange(
  client: Pick<Client, "title" | "next">,
  file: string,
  change: Change,
  { yes }: { readonly yes?: true },
): Promise<void> {
  if (change.kind === "same") return say(`${client.title}: already set up in ${file}.`);
  say(`${client.title}: ${change.before === undefined ? "makes" : "changes"} ${file}`);
  for (const line of change.shown) say(style(line.startsWith("-") ? "red" : "green", line, process.stderr));
  if (!yes && !(await agreed(file))) return say("Nothing was changed.");
  const backup = writeChange(change);
  say(`Written.${backup === undefined ? "" : ` The old file is ${backup}.`} ${client.next}`);
}

async function agreed(file: string): Promise<boolean> {
  if (!hasTerminal()) {
    throw new VaultError(
      "person-required",
      `Nobody could be asked about ${file}. Add --yes to write it, or --print to see it.`,
    );
  }
  return withTerminal("Changing a configuration", (terminal) => askYes(terminal, "Write this?", { preset: true }));
}
