import { parseProjectFile } from "#core/vault/parse-project-file.ts";
import { PROJECT_FILE } from "#core/vault/project-file.ts";
import { isVaultError } from "#core/vault-error.ts";

export interface ProjectFileProblem {
  /** From 0. */
  readonly line: number;
  readonly what: string;
}

/** What is wrong in the text of a `.ov.yaml`. It quotes nothing of the text, as the parser doesn't: agents read it. */
export function projectFileProblem(text: string): ProjectFileProblem | undefined {
  try {
    parseProjectFile(PROJECT_FILE, text);
    return undefined;
  } catch (error) {
    if (!isVaultError(error, "project-file-invalid")) throw error;
    const told = /:(\d+): (.*)\. Correct the file, or /s.exec(error.message);
    const what = told?.[2] ?? /^\S+: (.*)\. Correct the file, or /s.exec(error.message)?.[1] ?? "";
    return { line: Number(told?.[1] ?? 1) - 1, what };
  }
}
