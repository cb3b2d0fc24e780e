import { serverWords } from "#core/crypto/server-words.ts";
import { requireServerUrl } from "#core/store/remote/http-exchange.ts";
import { firstKeys } from "#core/store/remote/sealed-client.ts";
import { serverChanged } from "#core/store/remote/server-error.ts";
import { VaultError } from "#core/vault-error.ts";
import { readUserConfig } from "#mcp/device/user-config.ts";
import { askYes } from "../ask-person.ts";
import type { Cli } from "../cli.ts";
import type { Terminal } from "../terminal.ts";

/** A server whose identity a person has confirmed: by the setting of before, by hand, or now by its words. */
export async function confirmServer(
  cli: Cli,
  terminal: Terminal,
  address: string,
  given: string | undefined,
): Promise<{ readonly url: string; readonly serverId: Buffer }> {
  const url = requireServerUrl(address).href.replace(/\/$/, "");
  if (given !== undefined && !/^[0-9a-f]{64}$/.test(given)) {
    throw new VaultError("argument-invalid", "--server-id takes the 64 digits that the server prints when it starts.");
  }
  const { serverId } = await firstKeys(url);
  const { server, server_id: known } = readUserConfig(cli.paths.config);
  const pin = given ?? (server === url ? known : undefined);
  if (pin !== undefined) {
    if (serverId.toString("hex") === pin) return { url, serverId };
    const [was, is] = [Buffer.from(pin, "hex"), serverId].map((id) => serverWords(id).join(" "));
    throw serverChanged(`${url} has another identity than the one you confirmed. Confirmed: ${was}. Now: ${is}.`);
  }
  terminal.output.write(`\r\n${url} says that it is:\r\n\r\n${inRows(serverWords(serverId))}\r\n\r\n`);
  terminal.output.write("Compare it with what the server printed at its start, or with what its owner tells you.\r\n");
  if (await askYes(terminal, "Are these the words?")) return { url, serverId };
  throw new VaultError("cancelled", "Nothing was sent to that server. Ask its owner for the right address.");
}

/** Twelve words as people compare them: four in a row. */
export function inRows(words: readonly string[]): string {
  const rows: string[] = [];
  for (let at = 0; at < words.length; at += 4) rows.push(`    ${words.slice(at, at + 4).join("  ")}`);
  return rows.join("\r\n");
}
