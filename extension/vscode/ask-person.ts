import * as vscode from "vscode";
import { MIN_PASSWORD_LENGTH } from "#core/vault/account-slots.ts";
import type { VaultErrorCode } from "#core/vault-error.ts";
import { messageOf } from "./words/error-text.ts";

export interface Question {
  readonly title: string;
  readonly prompt: string;
  readonly placeholder?: string;
  readonly value?: string;
  /** Dots instead of what is typed. */
  readonly hidden?: boolean;
  readonly step?: { readonly at: number; readonly of: number };
  /** Why the text won't do, or undefined. */
  readonly problem?: (text: string) => string | undefined;
  /** As `problem`, for what takes time; the box stays open with the reason, and what was typed is kept. */
  readonly tryIt?: (text: string) => Promise<string | undefined>;
}

/** Asks for one line. undefined = the person closed the box, or `signal` aborted. A look elsewhere doesn't close it. */
export function askLine(question: Question, signal?: AbortSignal): Promise<string | undefined> {
  return new Promise((resolve) => {
    const box = vscode.window.createInputBox();
    Object.assign(box, {
      title: `OpaqueVault: ${question.title}`,
      prompt: question.prompt,
      placeholder: question.placeholder,
      value: question.value ?? "",
      password: question.hidden === true,
      ignoreFocusOut: true,
      ...(question.step === undefined ? {} : { step: question.step.at, totalSteps: question.step.of }),
    });
    let answer: string | undefined;
    const accept = async (): Promise<void> => {
      const text = box.value;
      const problem = question.problem?.(text);
      if (problem !== undefined) {
        box.validationMessage = problem;
        return;
      }
      box.busy = true;
      box.enabled = false;
      const refusal = await question.tryIt?.(text);
      box.busy = false;
      box.enabled = true;
      if (refusal !== undefined) {
        box.validationMessage = refusal;
        return;
      }
      answer = text;
      box.hide();
    };
    box.onDidChangeValue(() => {
      box.validationMessage = undefined;
    });
    box.onDidAccept(() => void accept());
    const close = (): void => box.hide();
    signal?.addEventListener("abort", close);
    box.onDidHide(() => {
      signal?.removeEventListener("abort", close);
      box.value = "";
      box.dispose();
      resolve(answer);
    });
    if (signal?.aborted) return resolve(undefined);
    box.show();
  });
}

/** Asks in a dialog before something is done that is hard to undo. False also if the person closed it. */
export async function confirmed(question: string, detail: string, button: string): Promise<boolean> {
  return (await vscode.window.showWarningMessage(question, { modal: true, detail }, button)) === button;
}

/** A new master password, typed twice. undefined = the person gave up. */
export function askNewPassword(title: string): Promise<Uint8Array | undefined> {
  return askTwice(title, {
    first: vscode.l10n.t("Choose a master password. It is stored nowhere, and nobody can reset it."),
    again: vscode.l10n.t("Type the master password once more"),
    tooShort: vscode.l10n.t("A master password has at least {0} characters.", MIN_PASSWORD_LENGTH),
  });
}

/** The passphrase of something that leaves the vault, typed twice. undefined = the person gave up, or `signal` aborted. */
export function askNewPassphrase(title: string, signal: AbortSignal): Promise<Uint8Array | undefined> {
  const prompts = {
    first: vscode.l10n.t("Choose a passphrase for the export. Whoever has the file has all the time to guess it."),
    again: vscode.l10n.t("Type the passphrase once more"),
    tooShort: vscode.l10n.t("A passphrase has at least {0} characters.", MIN_PASSWORD_LENGTH),
  };
  return askTwice(title, prompts, signal);
}

async function askTwice(
  title: string,
  prompts: { readonly first: string; readonly again: string; readonly tooShort: string },
  signal?: AbortSignal,
): Promise<Uint8Array | undefined> {
  const first = await askLine(
    {
      title,
      prompt: prompts.first,
      placeholder: vscode.l10n.t("At least {0} characters; four random words do well", MIN_PASSWORD_LENGTH),
      hidden: true,
      step: { at: 1, of: 2 },
      problem: (text) => ([...text.normalize("NFKC")].length >= MIN_PASSWORD_LENGTH ? undefined : prompts.tooShort),
    },
    signal,
  );
  if (first === undefined) return undefined;
  const second = await askLine(
    {
      title,
      prompt: prompts.again,
      hidden: true,
      step: { at: 2, of: 2 },
      problem: (text) => (text === first ? undefined : vscode.l10n.t("The two are not the same.")),
    },
    signal,
  );
  return second === undefined ? undefined : Buffer.from(second, "utf8");
}

/**
 * Asks for the master password until `use` takes it: a wrong one is told in the box, as is what `retryOn` names. undefined = the person gave up.
 * What `use` throws for another reason is thrown here.
 */
export async function withPassword<T>(
  title: string,
  prompt: string,
  use: (password: Uint8Array) => Promise<T>,
  retryOn: readonly VaultErrorCode[] = [],
): Promise<T | undefined> {
  let outcome: { readonly value: T } | { readonly error: unknown } | undefined;
  const { isVaultError } = await import("#core/vault-error.ts");
  await askLine({
    title,
    prompt,
    hidden: true,
    tryIt: async (text) => {
      const password = Buffer.from(text, "utf8");
      try {
        outcome = { value: await use(password) };
      } catch (error) {
        if (isVaultError(error, "wrong-password", ...retryOn)) return messageOf(error);
        outcome = { error };
      } finally {
        password.fill(0);
      }
      return undefined;
    },
  });
  if (outcome !== undefined && "error" in outcome) throw outcome.error;
  return outcome?.value;
}
