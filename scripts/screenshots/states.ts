import type { EditorWindow } from "../../test/vscode/harness/editor-window.ts";
import * as approvals from "./show-approvals.ts";
import * as editor from "./show-editor.ts";
import * as moving from "./show-moving.ts";
import * as rotation from "./show-rotation.ts";
import * as server from "./show-server.ts";
import * as sharing from "./show-sharing.ts";
import * as terminal from "./show-terminal.ts";
import * as vault from "./show-vault.ts";

/** Something that a person meets in the window, to be pictured. */
export interface State {
  /** Of the file: docs/images/<name>.png, or of the walkthrough's, whose names have a folder before. */
  readonly name: string;
  /** The demo's vault before: not made yet, or with the demo's secrets and locked. */
  readonly vault: "absent" | "locked";
  /** A selector of what is pictured; without one, the whole window. */
  readonly part?: string;
  /** In light and high contrast too, as <name>-light.png and <name>-high-contrast.png. */
  readonly inAllThemes?: true;
  /** Brings the window there, where it must stay while its colours change. Resolves with what is to be ended after. */
  readonly show: (window: EditorWindow) => Promise<void | (() => Promise<void>)>;
}

const BOX = ".quick-input-widget";
const DIALOG = ".monaco-dialog-box";
const SIDEBAR = ".part.sidebar";

export const STATES: readonly State[] = [
  { name: "welcome", vault: "absent", show: vault.showWelcome },
  { name: "create-vault", vault: "absent", show: vault.showPasswordBox },
  { name: "recovery-code", vault: "absent", show: vault.showRecoveryCode },
  { name: "secrets", vault: "locked", inAllThemes: true, show: vault.showTree },
  { name: "menu", vault: "locked", show: vault.showMenu },
  { name: "audit-log", vault: "locked", show: vault.showAuditLog },
  { name: "rotation", vault: "locked", show: rotation.showRotation },
  { name: "recovery-share", vault: "absent", part: DIALOG, show: rotation.showShare },
  { name: "policy", vault: "locked", show: vault.showPolicy },
  { name: "approval", vault: "locked", inAllThemes: true, show: approvals.showRequest },
  { name: "approval-production", vault: "locked", part: SIDEBAR, show: approvals.showProduction },
  { name: "approval-placeholder", vault: "locked", part: SIDEBAR, show: approvals.showPlaceholder },
  { name: "approval-project-file", vault: "locked", part: SIDEBAR, show: approvals.showProjectFile },
  { name: "approvals-standing", vault: "locked", part: SIDEBAR, show: approvals.showStanding },
  { name: "run", vault: "locked", inAllThemes: true, show: terminal.showRun },
  { name: "agent-shell", vault: "locked", show: terminal.showAgentShell },
  { name: "server-words", vault: "locked", part: DIALOG, show: server.showServerWords },
  { name: "server-devices", vault: "locked", show: server.showDevices },
  { name: "server-offline", vault: "locked", show: server.showOffline },
  { name: "invite", vault: "locked", show: sharing.showInvite },
  { name: "token", vault: "locked", part: DIALOG, show: sharing.showToken },
  { name: "import", vault: "locked", show: moving.showImport },
  { name: "hint", vault: "locked", inAllThemes: true, show: editor.showHint },
  { name: "quick-fix", vault: "locked", show: editor.showQuickFix },
  { name: "project-file", vault: "locked", show: editor.showCompletion },
  { name: "walkthrough/create", vault: "absent", part: DIALOG, show: vault.showRecoveryCode },
  { name: "walkthrough/secret", vault: "locked", part: BOX, show: vault.showValueBox },
  { name: "walkthrough/context", vault: "locked", part: BOX, show: vault.showContexts },
  { name: "walkthrough/agent", vault: "locked", part: SIDEBAR, show: approvals.showRequest },
  // After the walkthrough's own pictures, which it shows.
  { name: "walkthrough", vault: "absent", show: vault.showWalkthrough },
];
