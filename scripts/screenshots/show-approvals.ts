import { agentRuns, startTools, unlock } from "../../test/vscode/harness/agent.ts";
import { answerApproval, readApproval } from "../../test/vscode/harness/approvals.ts";
import type { EditorWindow } from "../../test/vscode/harness/editor-window.ts";
import { answerDialog, readStatus } from "../../test/vscode/harness/messages.ts";
import { pick, runCommand, typeInto } from "../../test/vscode/harness/quick-input.ts";
import { PASSWORD } from "../../test/vscode/harness/seeded-vault.ts";
import { openContainer } from "../../test/vscode/harness/tree.ts";
import { openFile } from "./show-editor.ts";

export async function showRequest(window: EditorWindow): Promise<void> {
  await ready(window);
  await seeProjectFile(window);
  await agentRuns(window, "npm start");
  await readApproval(window, "npm start");
}

export async function showProduction(window: EditorWindow): Promise<void> {
  await ready(window);
  await seeProjectFile(window);
  await agentRuns(window, "npm start", { environment: "prod" });
  await readApproval(window, "npm start");
}

export async function showPlaceholder(window: EditorWindow): Promise<void> {
  await ready(window);
  await runCommand(window, "OpaqueVault: Edit Secret");
  await pick(window, "Choose an environment", "shop/dev");
  await pick(window, "Choose a secret of shop/dev", "STRIPE_KEY");
  await pick(window, "What is to change?", "Placeholder Mode");
  await pick(window, "Programs get a placeholder", "On, in the Usual Places");
  await typeInto(window, "The hosts", "api.stripe.com");
  await typeInto(window, "lets the value go to more hosts", PASSWORD);
  await readStatus(window, "Stored shop/dev/STRIPE_KEY");
  await seeProjectFile(window);
  await agentRuns(window, "npm start");
  await readApproval(window, "npm start");
}

/** The agent leaves the context to the project's file, which nobody has seen yet. */
export async function showProjectFile(window: EditorWindow): Promise<void> {
  await ready(window);
  const answer = window.inHost(async (vscode) => {
    const tool = vscode.lm.tools.find(({ name }) => name.endsWith("vault_run"))!;
    await vscode.lm.invokeTool(tool.name, { input: { command: "npm start" }, toolInvocationToken: undefined });
  });
  answer.catch(() => undefined); // nobody answers
  await answerDialog(window, "Command with secrets", "Yes");
  await readApproval(window, "npm start");
}

export async function showStanding(window: EditorWindow): Promise<void> {
  await ready(window);
  await seeProjectFile(window);
  const { result } = await agentRuns(window, "npm start");
  await answerApproval(window, "npm start", "Allow all of this environment for 15 min");
  await result;
}

/** The person has allowed something in this folder before, so that its .ov.yaml is not shown again. */
async function seeProjectFile(window: EditorWindow): Promise<void> {
  const { result } = await agentRuns(window, "node --version");
  await answerApproval(window, "node --version", "Allow once");
  await result;
}

async function ready(window: EditorWindow): Promise<void> {
  await openFile(window, "shop.js");
  await unlock(window);
  await startTools(window);
  await openContainer(window, "OpaqueVault");
  await window.step("give the approvals all of the sidebar", () =>
    window.page.locator(".sidebar .pane-header", { hasText: "Secrets" }).first().click(),
  );
}
