import * as vscode from "vscode";
import { formatContext, isProduction } from "#core/vault/context.ts";
import type { Active, ActiveContext } from "./active-context.ts";
import type { ApprovalQueue } from "./approvals/approval-queue.ts";
import type { OpenRotation, OpenRotations } from "./open-rotations.ts";
import type { ServerFace, ServerState } from "./server/server-state.ts";
import { serverLines } from "./server/server-texts.ts";
import type { WindowState, WindowVault } from "./window-vault.ts";
import { phaseText } from "./words/rotation-words.ts";

export interface StatusBarDeps {
  readonly vault: WindowVault;
  readonly active: ActiveContext;
  readonly queue: ApprovalQueue;
  readonly remote: ServerState;
  readonly rotations: OpenRotations;
}

/** State and context of this window at a glance, and the way to the menu. It stands out while somebody waits. */
export function showStatus({ vault, active, queue, remote, rotations }: StatusBarDeps): vscode.Disposable {
  const item = vscode.window.createStatusBarItem("opaquevault.status", vscode.StatusBarAlignment.Left, 0);
  item.name = "OpaqueVault";
  item.command = "opaquevault.showMenu";
  const show = (): void => {
    const own = withRotations(faceOf(vault.state, active.current, queue.waiting.length), rotations.current);
    const face = withServer(own, remote.face);
    item.text = `$(${face.icon}) ${face.text}`;
    item.tooltip = face.lines.join("\n");
    item.accessibilityInformation = { label: `OpaqueVault: ${face.lines.join(". ")}`, role: "button" };
    item.backgroundColor = face.isUrgent ? new vscode.ThemeColor("statusBarItem.warningBackground") : undefined;
    item.show();
  };
  show();
  return vscode.Disposable.from(
    item,
    ...[vault.onDidChange(show), active.onDidChange(show), queue.onDidChange(show), remote.onDidChange(show)],
    rotations.onDidChange(show),
  );
}

interface Face {
  readonly icon: string;
  readonly text: string;
  /** What the tooltip and a screen reader say. */
  readonly lines: readonly string[];
  readonly isUrgent: boolean;
}

function faceOf(state: WindowState, active: Active, waiting: number): Face {
  const { l10n } = vscode;
  const context = contextLines(active);
  switch (state.kind) {
    case "absent":
      return { icon: "lock", text: "OpaqueVault", lines: [l10n.t("There is no vault yet")], isUrgent: false };
    case "locked":
      return { icon: "lock", text: "OpaqueVault", lines: [l10n.t("The vault is locked"), ...context], isUrgent: false };
    case "unlocked": {
      if (waiting > 0) {
        const line = waiting === 1 ? l10n.t("1 request waits for you") : l10n.t("{0} requests wait for you", waiting);
        return { icon: "bell-dot", text: line, lines: [line, ...context], isUrgent: true };
      }
      const text = active.kind === "known" ? formatContext(active.context) : "OpaqueVault";
      return { icon: "unlock", text, lines: [l10n.t("The vault is unlocked"), ...context], isUrgent: false };
    }
  }
}

/** What was cut off stands beside the context until somebody goes on with it, or gives it up. */
function withRotations(face: Face, rotations: readonly OpenRotation[]): Face {
  const open = rotations.filter(({ isElsewhere }) => !isElsewhere);
  const [first] = open;
  if (first === undefined) return face;
  const text = `${face.text} $(sync-ignored) ${vscode.l10n.t("rotation not ended")}`;
  const lines = open.map(({ name, contexts, phase }) =>
    vscode.l10n.t(
      "The rotation of {0} has not ended: {1}",
      contexts.map((context) => `${formatContext(context)}/${name}`).join(", "),
      phaseText(phase),
    ),
  );
  return { ...face, text, lines: [...face.lines, ...lines] };
}

/** A server that can't be reached shows beside the context, and one that has become another stands out. */
function withServer(face: Face, server: ServerFace): Face {
  const lines = [...face.lines, ...serverLines(server)];
  if (server.kind === "none") return face;
  switch (server.link) {
    case "unknown":
    case "online":
      return { ...face, lines };
    case "offline":
      return { ...face, text: `${face.text} $(debug-disconnect) ${vscode.l10n.t("offline")}`, lines };
    case "changed":
      return { ...face, text: `${face.text} $(warning) ${vscode.l10n.t("another server")}`, lines, isUrgent: true };
    case "ended":
      return { ...face, text: `${face.text} $(warning) ${vscode.l10n.t("logged out")}`, lines, isUrgent: true };
  }
}

function contextLines(active: Active): readonly string[] {
  const { l10n } = vscode;
  if (active.kind === "none") return [active.reason === "" ? l10n.t("No context is selected") : active.reason];
  const { context, source, file } = active;
  const from = {
    arguments: "",
    "project-file": l10n.t("chosen by {0}", vscode.workspace.asRelativePath(file ?? "")),
    "user-config": l10n.t("chosen in this window or by your own configuration"),
  }[source];
  return [
    `${formatContext(context)}, ${from}`,
    ...(isProduction(context) ? [l10n.t("Production: every use is asked about")] : []),
  ];
}
