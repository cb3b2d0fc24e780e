import { serverWords } from "#core/crypto/server-words.ts";
import { requireServerUrl } from "#core/store/remote/http-exchange.ts";
import { firstKeys } from "#core/store/remote/sealed-client.ts";
import { serverChanged } from "#core/store/remote/server-error.ts";
import type { Paths } from "./paths.ts";
import { readUserConfig } from "./user-config.ts";

export interface FoundServer {
  readonly url: string;
  readonly serverId: Buffer;
  /** What a person compares. */
  readonly words: readonly string[];
  /** A person has confirmed these words before, or named the identity by hand. */
  readonly isConfirmed: boolean;
}

/**
 * Asks a server who it is; nothing is sent to it. Refuses with `server-changed` where it is another one than that of
 * `given` (a server id, hex), or than the one that was confirmed for this address before.
 */
export async function findServer(
  paths: Paths,
  address: string,
  given?: string,
  signal?: AbortSignal,
): Promise<FoundServer> {
  const url = requireServerUrl(address).href.replace(/\/$/, "");
  const { serverId } = await firstKeys(url, signal === undefined ? {} : { signal });
  const words = serverWords(serverId);
  const { server, server_id: known } = readUserConfig(paths.config);
  const pin = given ?? (server === url ? known : undefined);
  if (pin === undefined) return { url, serverId, words, isConfirmed: false };
  if (serverId.toString("hex") === pin) return { url, serverId, words, isConfirmed: true };
  const was = serverWords(Buffer.from(pin, "hex")).join(" ");
  throw serverChanged(
    `${url} has another identity than the one you confirmed. Confirmed: ${was}. Now: ${words.join(" ")}.`,
  );
}

/** Twelve words as people compare them: four in a row. */
export function wordRows(words: readonly string[]): readonly string[] {
  const rows: string[] = [];
  for (let at = 0; at < words.length; at += 4) rows.push(words.slice(at, at + 4).join("  "));
  return rows;
}
