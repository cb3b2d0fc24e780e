import { unlock } from "../../test/vscode/harness/agent.ts";
import { type ApiServer, startApiServer } from "../../test/vscode/harness/api-server.ts";
import type { EditorWindow } from "../../test/vscode/harness/editor-window.ts";
import { answerDialog, readDialog } from "../../test/vscode/harness/messages.ts";
import { readQuickInput, runCommand, typeInto } from "../../test/vscode/harness/quick-input.ts";
import { PASSWORD } from "../../test/vscode/harness/seeded-vault.ts";
import { openContainer, treeRow } from "../../test/vscode/harness/tree.ts";

type End = () => Promise<void>;

export async function showServerWords(window: EditorWindow): Promise<End> {
  const server = await startApiServer();
  await openContainer(window, "OpaqueVault");
  await unlock(window);
  await treeRow(window, "Secrets", "dev");
  await runCommand(window, "OpaqueVault: Move Vault to a Server");
  await typeInto(window, "The server's address", server.url);
  await readDialog(window, "Are these the words of");
  return server.close;
}

export async function showDevices(window: EditorWindow): Promise<End> {
  const server = await move(window);
  await runCommand(window, "OpaqueVault: Devices of a Server");
  await readQuickInput(window, "Devices of a Server");
  return server.close;
}

export async function showOffline(window: EditorWindow): Promise<End> {
  const server = await move(window);
  await (await treeRow(window, "Secrets", "dev")).first().click();
  await treeRow(window, "Secrets", "STRIPE_KEY");
  await server.stop();
  await window.step("see that it is offline", () =>
    window.page.locator(".statusbar-item", { hasText: "offline" }).first().waitFor(),
  );
  return server.close;
}

/** The demo's vault, unlocked and on a server of its own. */
export async function move(window: EditorWindow): Promise<ApiServer> {
  const server = await startApiServer();
  await openContainer(window, "OpaqueVault");
  await unlock(window);
  await runCommand(window, "OpaqueVault: Move Vault to a Server");
  await typeInto(window, "The server's address", server.url);
  await answerDialog(window, "Are these the words of", "These Are the Words");
  await typeInto(window, "Master password, to move the vault", PASSWORD);
  await answerDialog(window, `The vault is on ${server.url} now.`, "Close");
  await treeRow(window, "Secrets", "dev");
  return server;
}
