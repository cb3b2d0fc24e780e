import { setTimeout as sleep } from "node:timers/promises";
import * as vscode from "vscode";
import { PROJECT_FILE } from "#core/vault/project-file.ts";
import { settings } from "../settings.ts";
import { FoundCredential } from "./found-credential.ts";
import { type DocumentFacts, isWatched } from "./watched-document.ts";

interface Look {
  readonly version: number;
  readonly found: Promise<readonly FoundCredential[]>;
  readonly abandon: AbortController;
}

/**
 * Looks for credentials in the documents that a person looks at, and for what is wrong in a `.ov.yaml`. Diagnostics can
 * be read by every extension and agent: they name the rule and the place, and nothing that stands there.
 */
export class DocumentWatch {
  readonly #diagnostics = vscode.languages.createDiagnosticCollection("OpaqueVault");
  readonly #changed = new vscode.EventEmitter<void>();
  readonly #looks = new Map<string, Look>();
  readonly #events: vscode.Disposable[];
  readonly onDidChange = this.#changed.event;

  constructor(log: (line: string) => void) {
    const look = (document: vscode.TextDocument): void => {
      // Without the error: what a rule choked on is the text itself.
      this.find(document).catch(() => log("window-hints a look at a document failed"));
    };
    const lookAtAll = (): void => {
      for (const { document } of vscode.window.visibleTextEditors) look(document);
    };
    const lookIfShown = (document: vscode.TextDocument): void => {
      const isShown = vscode.window.visibleTextEditors.some((editor) => editor.document === document);
      if (isShown || this.#looks.has(document.uri.toString())) look(document);
    };
    this.#events = [
      vscode.window.onDidChangeVisibleTextEditors(lookAtAll),
      vscode.workspace.onDidOpenTextDocument(lookIfShown),
      vscode.workspace.onDidChangeTextDocument(({ document }) => lookIfShown(document)),
      vscode.workspace.onDidCloseTextDocument(({ uri }) => this.#forget(uri)),
      vscode.workspace.onDidChangeConfiguration((event) => {
        if (!event.affectsConfiguration("opaquevault.hints.enabled")) return;
        for (const key of [...this.#looks.keys()]) this.#forget(vscode.Uri.parse(key, true));
        lookAtAll();
        this.#changed.fire();
      }),
    ];
    lookAtAll();
  }

  /** The credentials of a document as it is now, once nobody has typed for a moment; none if it changes meanwhile. */
  find(document: vscode.TextDocument): Promise<readonly FoundCredential[]> {
    const key = document.uri.toString();
    const before = this.#looks.get(key);
    if (before?.version === document.version) return before.found;
    before?.abandon.abort();
    if (!settings().hints) return NONE;
    const abandon = new AbortController();
    const found = this.#look(document, abandon.signal);
    this.#looks.set(key, { version: document.version, found, abandon });
    return found;
  }

  dispose(): void {
    for (const { abandon } of this.#looks.values()) abandon.abort();
    for (const each of [...this.#events, this.#diagnostics, this.#changed]) each.dispose();
  }

  async #look(document: vscode.TextDocument, signal: AbortSignal): Promise<readonly FoundCredential[]> {
    const { uri, version } = document;
    if (!isProjectFile(document) && !isWatched(factsOf(document))) {
      this.#diagnostics.delete(uri);
      return [];
    }
    try {
      await sleep(PAUSE, undefined, { signal, ref: false });
    } catch {
      return [];
    }
    const text = document.getText();
    if (isProjectFile(document)) {
      const { projectFileDiagnostics } = await import("./project-file-diagnostics.ts");
      if (!signal.aborted) this.#diagnostics.set(uri, projectFileDiagnostics(document, text));
      return [];
    }
    const { detectCredentials } = await import("#core/redact/detectors.ts");
    const findings = await detectCredentials(text);
    if (signal.aborted) return [];
    const found = findings.map((finding) => new FoundCredential({ uri: uri.toString(), version }, finding));
    this.#diagnostics.set(
      uri,
      found.map((each) => credentialDiagnostic(document, each)),
    );
    return found;
  }

  #forget(uri: vscode.Uri): void {
    const key = uri.toString();
    this.#looks.get(key)?.abandon.abort();
    this.#looks.delete(key);
    this.#diagnostics.delete(uri);
  }
}

export function rangeOf(document: vscode.TextDocument, { start, end }: FoundCredential): vscode.Range {
  return new vscode.Range(document.positionAt(start), document.positionAt(end));
}

export function credentialDiagnostic(document: vscode.TextDocument, found: FoundCredential): vscode.Diagnostic {
  const message = vscode.l10n.t(
    "This looks like a credential (rule {0}). Move it to OpaqueVault, then make a new one where it comes from.",
    found.rule,
  );
  const diagnostic = new vscode.Diagnostic(rangeOf(document, found), message, vscode.DiagnosticSeverity.Warning);
  diagnostic.source = "OpaqueVault";
  diagnostic.code = found.rule;
  return diagnostic;
}

/** Measured without a copy of the text, which may be large. */
function factsOf(document: vscode.TextDocument): DocumentFacts {
  const { uri, languageId, lineCount } = document;
  const length = document.offsetAt(document.lineAt(lineCount - 1).range.end);
  return { scheme: uri.scheme, languageId, path: uri.path, length };
}

function isProjectFile({ uri }: vscode.TextDocument): boolean {
  return uri.scheme === "file" && uri.path.endsWith(`/${PROJECT_FILE}`);
}

/** ms without typing. */
const PAUSE = 300;
const NONE: Promise<readonly FoundCredential[]> = Promise.resolve([]);
