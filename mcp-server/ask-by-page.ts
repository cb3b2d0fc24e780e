import type { ClientCapabilities } from "@modelcontextprotocol/server";
import { formatContext } from "#core/vault/context.ts";
import type { Client } from "#mcp/client-of.ts";
import { openSecretPage } from "#mcp/secret-page/open-secret-page.ts";
import type { AskSecret, Place } from "#mcp/server-deps.ts";
import type { ShowForm } from "#mcp/suspended-calls.ts";

/**
 * Asks for a value on a page that the client opens in a browser, since a client's own forms must not ask for secrets
 * (MCP, elicitation). The address goes to the client, and to no model; sign and code stand in its message only.
 */
export function askByPage(capabilities: ClientCapabilities | undefined, show: ShowForm): AskSecret | undefined {
  if (capabilities?.elicitation?.url === undefined) return undefined;
  return async ({ context, name, client }, signal) => {
    const what = `${formatContext(context)}/${name}`;
    const page = await openSecretPage({ place: what, client }, { lastsMs: PAGE_MS });
    const close = (): void => void page.close();
    signal.addEventListener("abort", close, { once: true });
    try {
      const message = `Type the value of ${what} on a page of OpaqueVault on this machine. It shows the sign ${page.sign}; if not, close it. The code to type there is ${page.code}.`;
      const answer = await show({ mode: "url", message, url: page.url });
      return answer.kind === "accepted" ? await page.value : undefined;
    } finally {
      signal.removeEventListener("abort", close);
      await page.close();
    }
  };
}

const PAGE_MS = 3 * 60_000;

/** The client without its browser, where that is likely to run on another machine: there, our address is something else. */
export function withoutFarBrowser(client: Client, place: Place): Client {
  if (!REMOTE.some((name) => place.environment[name]) || client.capabilities?.elicitation === undefined) return client;
  const { url: _, ...elicitation } = client.capabilities.elicitation;
  return { ...client, capabilities: { ...client.capabilities, elicitation } };
}

const REMOTE = ["SSH_CONNECTION", "SSH_TTY"];
