import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { unlock } from "../../test/vscode/harness/agent.ts";
import type { EditorWindow } from "../../test/vscode/harness/editor-window.ts";
import { openFile, pick, readQuickInput, runCommand, typeInto } from "../../test/vscode/harness/quick-input.ts";
import { PASSWORD } from "../../test/vscode/harness/seeded-vault.ts";
import { openContainer } from "../../test/vscode/harness/tree.ts";

/** What `bws secret list` prints of two projects. */
const ENTRIES = [
  { projectId: "shop", key: "STRIPE_KEY", value: "demo-stripe-3f9b2c71d8e64a05" },
  { projectId: "shop", key: "SEARCH_KEY", value: "demo-search-5b0c77e1" },
  { projectId: "shop", key: "cdn/token", value: "demo-cdn-90ab17f34c2d" },
  { projectId: "blog", key: "GITHUB_TOKEN", value: "demo-github-77d1f0c2" },
  { projectId: "blog", key: "PATH", value: "/opt/bin" },
].map((entry) => ({ organizationId: "demo", creationDate: "2026-11-30", ...entry }));

export async function showImport(window: EditorWindow): Promise<() => Promise<void>> {
  const folder = mkdtempSync(join(tmpdir(), "demo-"));
  const file = join(folder, "bitwarden.json");
  writeFileSync(file, JSON.stringify(ENTRIES));
  await openContainer(window, "OpaqueVault");
  await unlock(window);
  await runCommand(window, "OpaqueVault: Import Secrets …");
  await pick(window, "Choose the file to import", "Another File …");
  await openFile(window, "Import Secrets", file, "Import");
  await readQuickInput(window, "The file holds several places");
  await window.page.keyboard.press("Enter");
  await pick(window, "Choose an environment for shop", "shop/dev");
  await pick(window, "Choose an environment for blog", "blog/dev");
  await pick(window, "of these names already", "Compare the Values");
  await typeInto(window, "Master password, to see which", PASSWORD);
  await readQuickInput(window, "Choose what to import");
  return async () => rmSync(folder, { recursive: true, force: true });
}
