import * as vscode from "vscode";

/** Where a question stands in a row of questions. */
export interface Position {
  readonly title: string;
  readonly at: number;
  readonly of: number;
  /** Closes the question when it aborts, as when the vault is locked. */
  readonly signal?: AbortSignal;
}

/** What a person did with a question: answered, wanted the one before again, or gave up (undefined). */
export type Answer<T> = { readonly value: T } | "back" | undefined;

/** Asks one question, keeps the answer in `draft`, and says whether there was one. */
export type Step<D> = (draft: D, position: Position) => Promise<Answer<unknown>>;

/**
 * Asks in a row, with a way back. `stepsOf` is asked again after each answer, since later questions depend on earlier
 * ones. false = the person gave up. Steps only ask: whatever changes the vault comes after the last one.
 */
export async function askInSteps<D>(
  title: string,
  draft: D,
  stepsOf: (draft: D) => readonly Step<D>[],
  signal?: AbortSignal,
): Promise<boolean> {
  let at = 0;
  for (;;) {
    const steps = stepsOf(draft);
    const step = steps[at];
    if (step === undefined) return true;
    const answer = await step(draft, { title, at: at + 1, of: steps.length, ...(signal && { signal }) });
    if (answer === undefined) return false;
    at = Math.max(0, at + (answer === "back" ? -1 : 1));
  }
}

export interface Choice<T> extends vscode.QuickPickItem {
  readonly value: T;
}

export function askChoice<T>(
  position: Position,
  placeholder: string,
  choices: readonly Choice<T>[],
  preselected?: T,
): Promise<Answer<T>> {
  const list = listOf(position, placeholder, choices);
  const first = list.items.find(({ value }) => value === preselected);
  if (first !== undefined) list.activeItems = [first];
  return answerOf(list, () => list.selectedItems[0]);
}

export function listOf<T>(
  position: Position,
  placeholder: string,
  choices: readonly Choice<T>[],
): vscode.QuickPick<Choice<T>> {
  const list = vscode.window.createQuickPick<Choice<T>>();
  dress(list, position);
  list.placeholder = placeholder;
  list.matchOnDescription = true;
  list.items = choices.map(withPlainText);
  return list;
}

/** Shows the list until there is an answer; `taken` = what Enter means now, undefined = nothing yet. */
export function answerOf<T, A>(
  list: vscode.QuickPick<Choice<T>>,
  taken: () => { readonly value: A } | undefined,
): Promise<Answer<A>> {
  return new Promise((resolve) => {
    let answer: Answer<A>;
    list.onDidAccept(() => {
      const now = taken();
      if (now === undefined) return;
      answer = { value: now.value };
      list.hide();
    });
    list.onDidTriggerButton(() => {
      answer = "back";
      list.hide();
    });
    list.onDidHide(() => {
      list.dispose();
      resolve(answer);
    });
    list.show();
  });
}

/** Agents write descriptions and tags, and other programs files, which must not draw icons: `$(check)` is text here. */
export function withPlainText<T extends vscode.QuickPickItem>(choice: T): T {
  const { label, description, detail } = choice;
  return {
    ...choice,
    label: escapeIcons(label),
    ...(description === undefined ? {} : { description: escapeIcons(description) }),
    ...(detail === undefined ? {} : { detail: escapeIcons(detail) }),
  };
}

function escapeIcons(text: string): string {
  return text.replaceAll(/\$\([A-Za-z0-9-]+(?:~[A-Za-z]+)?\)/g, "\\$&");
}

export interface TextQuestion {
  readonly prompt: string;
  readonly placeholder?: string;
  readonly value?: string;
  /** Dots instead of what is typed. */
  readonly hidden?: boolean;
  /** Why the text won't do, or undefined. */
  readonly problem?: (text: string) => string | undefined;
  /** What the person should know about a text that will do. */
  readonly warning?: (text: string) => string | undefined;
}

export function askText(position: Position, question: TextQuestion): Promise<Answer<string>> {
  return new Promise((resolve) => {
    const box = vscode.window.createInputBox();
    dress(box, position);
    box.prompt = question.prompt;
    box.placeholder = question.placeholder;
    box.value = question.value ?? "";
    box.password = question.hidden === true;
    let answer: Answer<string>;
    const warn = (): void => {
      const message = box.value === "" ? undefined : question.warning?.(box.value);
      box.validationMessage = message && { message, severity: vscode.InputBoxValidationSeverity.Warning };
    };
    box.onDidChangeValue(warn);
    box.onDidAccept(() => {
      const problem = question.problem?.(box.value);
      if (problem === undefined) {
        answer = { value: box.value };
        box.hide();
      } else box.validationMessage = problem;
    });
    box.onDidTriggerButton(() => {
      answer = "back";
      box.hide();
    });
    box.onDidHide(() => {
      box.value = "";
      box.dispose();
      resolve(answer);
    });
    box.show();
  });
}

/** A look elsewhere, such as at the page that the value stands on, closes no question. */
export function dress(
  input: vscode.InputBox | vscode.QuickPick<vscode.QuickPickItem>,
  { title, at, of, signal }: Position,
): void {
  signal?.addEventListener("abort", () => input.hide(), { once: true });
  input.title = `OpaqueVault: ${title}`;
  input.ignoreFocusOut = true;
  if (of === 1) return;
  input.step = at;
  input.totalSteps = of;
  if (at > 1) input.buttons = [vscode.QuickInputButtons.Back];
}
