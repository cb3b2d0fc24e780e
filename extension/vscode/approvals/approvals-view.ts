import { randomBytes } from "node:crypto";
import * as vscode from "vscode";
import type { FromApprovals, ToApprovals } from "../../../webview/approvals-protocol.ts";
import type { WindowVault } from "../window-vault.ts";
import { changedText } from "../words/changed-text.ts";
import { warningText } from "../words/policy-words.ts";
import type { ApprovalQueue } from "./approval-queue.ts";
import { approvalTexts } from "./approval-texts.ts";
import { asFromApprovals } from "./from-approvals.ts";
import { requestCard, standingCard } from "./request-card.ts";

export const APPROVALS_VIEW = "opaquevault.approvals";

/**
 * Where a person answers. A webview, because no other extension and no agent can press a button in it: a command or a
 * tree's inline action could be run by any of them.
 */
export class ApprovalsView implements vscode.WebviewViewProvider {
  readonly #extension: vscode.Uri;
  readonly #queue: ApprovalQueue;
  readonly #vault: WindowVault;
  #view: vscode.WebviewView | undefined;

  constructor(extension: vscode.Uri, queue: ApprovalQueue, vault: WindowVault) {
    this.#extension = extension;
    this.#queue = queue;
    this.#vault = vault;
    queue.onDidChange(() => void this.#show());
    vault.onDidChange(() => void this.#show());
  }

  resolveWebviewView(view: vscode.WebviewView): void {
    this.#view = view;
    const root = vscode.Uri.joinPath(this.#extension, "dist", "webview");
    view.webview.options = { enableScripts: true, localResourceRoots: [root] };
    view.webview.onDidReceiveMessage((message: unknown) => void this.#receive(asFromApprovals(message)));
    view.onDidChangeVisibility(() => void this.#show());
    view.onDidDispose(() => {
      this.#view = undefined;
    });
    view.webview.html = page(view.webview, root);
    this.#badge();
  }

  /** Brings the view to the person's eye. The keyboard stays where it is, so that nothing is answered by accident. */
  async reveal(): Promise<void> {
    if (this.#view === undefined)
      await vscode.commands.executeCommand(`${APPROVALS_VIEW}.focus`, { preserveFocus: true });
    this.#view?.show(true);
  }

  async #receive(message: FromApprovals | undefined): Promise<void> {
    switch (message?.kind) {
      case undefined:
        return;
      case "ready":
        return this.#show();
      case "answer": {
        const waiting = this.#queue.waiting.find(({ id }) => id === message.id);
        const isOffered = waiting && requestCard(waiting).answers.some((answer) => equal(answer, message.answer));
        if (isOffered) this.#queue.answer(message.id, message.answer);
        break;
      }
      case "end":
        await this.#vault.access?.endApproval(message.id).catch(() => undefined); // it ended by itself meanwhile
        break;
      case "deny-all-and-lock":
        this.#queue.denyAll();
        await this.#vault.lock();
    }
    // The approval that an answer gave stands a moment later.
    setTimeout(() => void this.#show(), 100);
  }

  async #show(): Promise<void> {
    this.#badge();
    const view = this.#view;
    if (view === undefined || !view.visible) return;
    const standing = (await this.#vault.access?.approvals().catch(() => [])) ?? [];
    const message: ToApprovals = {
      kind: "show",
      requests: this.#queue.waiting.map((waiting) => requestCard(waiting, warningText, changedText)),
      standing: standing.map(standingCard),
    };
    await view.webview.postMessage(message);
  }

  #badge(): void {
    const value = this.#queue.waiting.length;
    const tooltip = vscode.l10n.t("{0} waiting for your approval", value);
    if (this.#view !== undefined) this.#view.badge = value === 0 ? undefined : { value, tooltip };
  }
}

function page(webview: vscode.Webview, root: vscode.Uri): string {
  const nonce = randomBytes(16).toString("base64url");
  const uri = (file: string): string => webview.asWebviewUri(vscode.Uri.joinPath(root, file)).toString();
  const texts = JSON.stringify(approvalTexts()).replaceAll("<", "\\u003c");
  return `<!DOCTYPE html>
<html lang="${vscode.env.language}">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy"
  content="default-src 'none'; style-src ${webview.cspSource}; script-src 'nonce-${nonce}'; form-action 'none'">
<link rel="stylesheet" href="${uri("approvals.css")}">
</head>
<body>
<main id="requests" aria-live="polite"></main>
<section id="standing"></section>
<script nonce="${nonce}" type="application/json" id="texts">${texts}</script>
<script nonce="${nonce}" src="${uri("approvals.js")}"></script>
</body>
</html>`;
}

function equal(one: unknown, other: unknown): boolean {
  return JSON.stringify(one) === JSON.stringify(other);
}
