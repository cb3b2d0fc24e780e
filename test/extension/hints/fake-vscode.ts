import { registerHooks } from "node:module";

/** Makes `import … from "vscode"` give the few classes below, in this process. Call it before what needs them is imported. */
export function fakeVSCode(): void {
  registerHooks({
    resolve: (specifier, context, next) =>
      specifier === "vscode"
        ? { url: import.meta.url, format: "module-typescript", shortCircuit: true }
        : next(specifier, context),
  });
}

class Fields {
  constructor(...values: readonly unknown[]) {
    Object.assign(this, { values });
  }
}

export class Position extends Fields {}
export class Range extends Fields {
  intersection(): Range {
    return this;
  }
}
export class Diagnostic extends Fields {}
export class CodeLens extends Fields {}
export class CodeAction extends Fields {}
export class CompletionItem extends Fields {}
export class Hover extends Fields {}
export class MarkdownString {
  text = "";
  appendText(text: string): this {
    this.text += text;
    return this;
  }
}
export class EventEmitter {
  readonly event = (): { dispose(): void } => ({ dispose() {} });
  fire(): void {}
  dispose(): void {}
}

export const DiagnosticSeverity = { Error: 0, Warning: 1 };
export const CodeActionKind = { QuickFix: "quickfix" };
export const CompletionItemKind = { Property: 1, Module: 2, EnumMember: 3, Constant: 4 };
export const env = { language: "en" };
export const l10n = {
  t: (text: string, ...args: readonly unknown[]) => text.replaceAll(/\{(\d)\}/g, (_, at) => String(args[Number(at)])),
};

/** What was given to the collection of diagnostics, by address. */
export const diagnostics = new Map<string, unknown>();
export const languages = {
  createDiagnosticCollection: () => ({
    set: (uri: object, all: unknown) => diagnostics.set(String(uri), all),
    delete: (uri: object) => diagnostics.delete(String(uri)),
    dispose() {},
  }),
};
const listen = (): { dispose(): void } => ({ dispose() {} });
export const window = { visibleTextEditors: [], onDidChangeVisibleTextEditors: listen };
/** The values of `opaquevault.*` settings. */
export const configured = new Map<string, unknown>();
export const workspace = {
  isTrusted: true,
  textDocuments: [] as unknown[],
  onDidOpenTextDocument: listen,
  onDidChangeTextDocument: listen,
  onDidCloseTextDocument: listen,
  onDidChangeConfiguration: listen,
  getConfiguration: () => ({ get: (name: string, normal: unknown) => configured.get(name) ?? normal }),
};

/** A document as far as hints read one. */
export function documentOf(
  text: string,
  { path = "/project/app.ts", languageId = "typescript", scheme = "file" } = {},
) {
  return {
    ...{ languageId, version: 1, isClosed: false, isUntitled: false, lineCount: text.split("\n").length },
    uri: { scheme, path, toString: () => `${scheme}://${path}` },
    getText: () => text,
    positionAt: (offset: number) => new Position(offset),
    offsetAt: () => text.length,
    lineAt: (line: number) => ({ range: new Range(line) }),
  };
}
