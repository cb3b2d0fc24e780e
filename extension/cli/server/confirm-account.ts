import { VaultError } from "#core/vault-error.ts";
import type { BegunLogin } from "#mcp/device/log-in.ts";
import { askYes } from "../ask-person.ts";
import type { Terminal } from "../terminal.ts";
import { inRows } from "./confirm-server.ts";

/** Whose account the server gave: a person compares its words with those of another device, or of the recovery kit. */
export async function confirmAccount(terminal: Terminal, begun: BegunLogin, where: string): Promise<void> {
  terminal.output.write(`\r\nYour account is:\r\n\r\n${inRows(begun.words)}\r\n\r\n`);
  terminal.output.write(`${where}\r\n`);
  if (await askYes(terminal, "Are these the words?")) return;
  await begun.refuse();
  throw new VaultError(
    "cancelled",
    "This device was not logged in. Compare the account's id, and ask the server's owner.",
  );
}
