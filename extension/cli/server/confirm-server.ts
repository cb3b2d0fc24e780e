import { VaultError } from "#core/vault-error.ts";
import { type FoundServer, findServer, wordRows } from "#mcp/device/find-server.ts";
import { askYes } from "../ask-person.ts";
import type { Cli } from "../cli.ts";
import type { Terminal } from "../terminal.ts";

/** A server whose identity a person has confirmed: by the setting of before, by hand, or now by its words. */
export async function confirmServer(
  cli: Cli,
  terminal: Terminal,
  address: string,
  given: string | undefined,
): Promise<FoundServer> {
  if (given !== undefined && !/^[0-9a-f]{64}$/.test(given)) {
    throw new VaultError("argument-invalid", "--server-id takes the 64 digits that the server prints when it starts.");
  }
  const server = await findServer(cli.paths, address, given);
  if (server.isConfirmed) return server;
  terminal.output.write(`\r\n${server.url} says that it is:\r\n\r\n${inRows(server.words)}\r\n\r\n`);
  terminal.output.write("Compare it with what the server printed at its start, or with what its owner tells you.\r\n");
  if (await askYes(terminal, "Are these the words?")) return server;
  throw new VaultError("cancelled", "Nothing was sent to that server. Ask its owner for the right address.");
}

export function inRows(words: readonly string[]): string {
  return wordRows(words)
    .map((row) => `    ${row}`)
    .join("\r\n");
}
