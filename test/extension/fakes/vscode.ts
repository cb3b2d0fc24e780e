import { cancels, meets, notify, type Reply } from "./person.ts";

/*
 * As much of the `vscode` module as the commands on secrets and the tree use. What a real window shows, person.ts
 * answers.
 */

export const l10n = {
  t: (text: string, ...args: readonly unknown[]): string => text.replace(/\{(\d)\}/g, (_, at) => String(args[at])),
};

export class ThemeIcon {
  readonly id: string;
  readonly color: ThemeColor | undefined;

  constructor(id: string, color?: ThemeColor) {
    this.id = id;
    this.color = color;
  }
}

export class ThemeColor {
  readonly id: string;

  constructor(id: string) {
    this.id = id;
  }
}

export const TreeItemCollapsibleState = { None: 0, Collapsed: 1, Expanded: 2 };

export class EventEmitter<T> {
  readonly #listeners = new Set<(value: T) => void>();

  readonly event = (listener: (value: T) => void) => {
    this.#listeners.add(listener);
    return { dispose: () => this.#listeners.delete(listener) };
  };

  fire(value: T): void {
    for (const listener of this.#listeners) listener(value);
  }

  dispose(): void {
    this.#listeners.clear();
  }
}

export const Uri = { file: (path: string) => ({ scheme: "file", path, fsPath: path }) };
export const QuickInputButtons = { Back: { iconPath: new ThemeIcon("arrow-left") } };
export const QuickPickItemKind = { Separator: -1, Default: 0 };
export const InputBoxValidationSeverity = { Info: 1, Warning: 2, Error: 3 };
export const ProgressLocation = { Window: 10, Notification: 15 };

let copied = "";

export const env = {
  language: "en",
  clipboard: {
    readText: async () => copied,
    writeText: async (text: string) => {
      copied = text;
    },
  },
};

interface Item {
  readonly label: string;
  readonly description?: string;
  readonly detail?: string;
}

/** What an input box and a list have in common. */
class QuickInput {
  title = "";
  step: number | undefined;
  placeholder: string | undefined;
  buttons: readonly unknown[] = [];
  busy = false;
  validationMessage: string | { readonly message: string } | undefined;
  protected readonly listeners = new Map<string, () => void>();
  #isHidden = false;

  onDidAccept(listener: () => void): void {
    this.listeners.set("accept", listener);
  }

  onDidTriggerButton(listener: () => void): void {
    this.listeners.set("button", listener);
  }

  onDidChangeValue(listener: () => void): void {
    this.listeners.set("value", listener);
  }

  onDidHide(listener: () => void): void {
    this.listeners.set("hide", listener);
  }

  get isHidden(): boolean {
    return this.#isHidden;
  }

  hide(): void {
    if (this.#isHidden) return;
    this.#isHidden = true;
    this.listeners.get("hide")?.();
  }

  dispose(): void {
    this.hide();
  }

  async answerUntilHidden(texts: () => readonly string[], answer: (reply: Reply) => void): Promise<void> {
    while (!this.#isHidden) {
      await this.#isReady();
      if (this.#isHidden) return;
      const reply = await meets([this.title, ...texts(), problemText(this.validationMessage)]);
      if (reply === "escape") this.hide();
      else if (reply === "back") this.#goBack();
      else answer(reply);
    }
  }

  /** What takes time, such as a look at a password, ends before the person does the next thing. */
  async #isReady(): Promise<void> {
    while (this.busy && !this.#isHidden) await new Promise((resolve) => setTimeout(resolve, 5));
  }

  #goBack(): void {
    if (this.buttons.length === 0) throw new Error(`There is no way back in "${this.title}".`);
    this.listeners.get("button")?.();
  }
}

class InputBox extends QuickInput {
  prompt = "";
  value = "";
  password = false;
  enabled = true;

  show(): void {
    void this.answerUntilHidden(
      () => [this.prompt],
      (reply) => {
        if (typeof reply === "string" || !("type" in reply)) throw new Error(`"${this.prompt}" wants a text.`);
        this.value = reply.type;
        this.listeners.get("value")?.();
        this.listeners.get("accept")?.();
      },
    );
  }
}

class QuickPick extends QuickInput {
  items: readonly Item[] = [];
  activeItems: readonly Item[] = [];
  selectedItems: readonly Item[] = [];
  canSelectMany = false;

  show(): void {
    const texts = (): readonly string[] => [this.placeholder ?? "", ...this.items.map(textOf)];
    void this.answerUntilHidden(texts, (reply) => {
      if (reply !== "accept") this.selectedItems = wanted(reply, this.items);
      this.listeners.get("accept")?.();
    });
  }
}

function wanted(reply: Reply, items: readonly Item[]): readonly Item[] {
  if (typeof reply === "string" || !("pick" in reply))
    throw new Error(`A list has no answer ${JSON.stringify(reply)}.`);
  const labels = typeof reply.pick === "string" ? [reply.pick] : reply.pick;
  return labels.map((label) => {
    const found = items.find((item) => item.label === label);
    if (found === undefined) throw new Error(`There is no "${label}" among ${items.map((item) => item.label)}.`);
    return found;
  });
}

function textOf({ label, description = "", detail = "" }: Item): string {
  return `${label} ${description} ${detail}`.trim();
}

function problemText(problem: QuickInput["validationMessage"]): string {
  return typeof problem === "object" ? problem.message : (problem ?? "");
}

interface ModalOptions {
  readonly modal?: boolean;
  readonly detail?: string;
}

/** A modal dialog waits for an answer; a notification goes by, unless the test presses one of its buttons. */
async function message(text: string, ...rest: readonly (ModalOptions | string)[]): Promise<string | undefined> {
  const [options] = rest;
  if (typeof options !== "object") return notify(text, rest as readonly string[]); // no options, so all are buttons
  const reply = await meets([text, options.detail ?? "", ...rest.slice(1).map(String)]);
  if (reply === "escape") return undefined;
  if (typeof reply === "object" && "press" in reply && rest.includes(reply.press)) return reply.press;
  throw new Error(`"${text}" has no answer ${JSON.stringify(reply)}.`);
}

export const window = {
  createInputBox: () => new InputBox(),
  createQuickPick: () => new QuickPick(),
  showInformationMessage: message,
  showWarningMessage: message,
  showErrorMessage: message,
  setStatusBarMessage: (text: string) => void notify(text, []),
  showOpenDialog: async () => {
    const reply = await meets(["open dialog"]);
    return typeof reply === "object" && "open" in reply ? [Uri.file(reply.open)] : undefined;
  },
  showSaveDialog: async ({ title, defaultUri }: { title: string; defaultUri: { fsPath: string } }) => {
    const reply = await meets([title, defaultUri.fsPath]);
    return typeof reply === "object" && "save" in reply ? Uri.file(reply.save) : undefined;
  },
  withProgress: progress,
};

/** With a button that ends the work where the person presses it at once. */
async function progress(
  { title }: { readonly title: string },
  work: (report: { report(): void }, token: CancellationToken) => Promise<unknown>,
): Promise<unknown> {
  const listeners = new Set<() => void>();
  const token = {
    onCancellationRequested: (listener: () => void) => {
      listeners.add(listener);
      return { dispose: () => listeners.delete(listener) };
    },
  };
  const result = work({ report: () => {} }, token);
  if (cancels(title)) for (const listener of listeners) listener();
  return result;
}

interface CancellationToken {
  onCancellationRequested(listener: () => void): { dispose(): void };
}

const commandsRun = new Map<string, (argument: unknown) => unknown>();

export const commands = {
  registerCommand: (id: string, run: (argument: unknown) => unknown) => {
    commandsRun.set(id, run);
    return { dispose: () => commandsRun.delete(id) };
  },
  executeCommand: async (id: string, argument?: unknown) => commandsRun.get(id)?.(argument),
};

export const workspace = {
  isTrusted: true,
  textDocuments: [] as { uri: { fsPath: string }; isDirty: boolean }[],
  workspaceFolders: [] as { uri: { scheme: string; fsPath: string } }[],
  findFiles: async () => [],
  getWorkspaceFolder: () => undefined,
  asRelativePath: (path: string) => path,
  fs: {
    delete: async () => {
      throw new Error("There is no trash here.");
    },
  },
};
