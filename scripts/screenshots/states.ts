import type { EditorWindow } from "../../test/vscode/harness/editor-window.ts";
import { readQuickInput, runCommand, typeInto } from "../../test/vscode/harness/quick-input.ts";
import { PASSWORD } from "../../test/vscode/harness/seeded-vault.ts";
import { openContainer, pressWelcome, readWelcome, treeRow } from "../../test/vscode/harness/tree.ts";

/** Something that a person meets in the window, to be pictured. */
export interface State {
  /** Of the file: docs/images/<name>-<theme>.png. */
  readonly name: string;
  /** The demo's vault before: not made yet, or with the demo's secrets and locked. */
  readonly vault: "absent" | "locked";
  /** A selector of what is pictured; without one, the whole window. */
  readonly part?: string;
  /** Brings the window there. It must stay so while its colours change. */
  readonly show: (window: EditorWindow) => Promise<void>;
}

export const STATES: readonly State[] = [
  {
    name: "first-start",
    vault: "absent",
    async show(window) {
      await openContainer(window, "OpaqueVault");
      await readWelcome(window, "Secrets");
    },
  },
  {
    name: "create-vault",
    vault: "absent",
    async show(window) {
      await openContainer(window, "OpaqueVault");
      await pressWelcome(window, "Secrets", "Create Vault");
      await readQuickInput(window, "Choose a master password");
    },
  },
  {
    name: "secrets",
    vault: "locked",
    async show(window) {
      await unlock(window);
      await treeRow(window, "Secrets", "STRIPE_KEY");
    },
  },
];

async function unlock(window: EditorWindow): Promise<void> {
  await openContainer(window, "OpaqueVault");
  await runCommand(window, "OpaqueVault: Unlock");
  await typeInto(window, "Master password", PASSWORD);
  await treeRow(window, "Secrets", "shop");
}
