import { resolve } from "node:path";
import type { Command } from "#core/run/command.ts";

/** The part of `vscode.ShellExecution` and `vscode.ProcessExecution` that tells what runs. */
export interface TaskExecution {
  readonly process?: string;
  readonly commandLine?: string | undefined;
  readonly command?: Word | undefined;
  readonly args?: readonly Word[] | undefined;
  readonly options?:
    | {
        readonly cwd?: string | undefined;
        readonly env?: Readonly<Record<string, string>> | undefined;
        readonly executable?: string | undefined;
      }
    | undefined;
}

/** `quoting` as `vscode.ShellQuoting`: 1 escape, 2 strong, 3 weak. */
type Word = string | { readonly value: string; readonly quoting: number };

export type TaskCommand =
  | { readonly kind: "can"; readonly command: Command; readonly cwd: string }
  | { readonly kind: "cannot"; readonly reason: CannotRun };

export type CannotRun =
  | { readonly because: "env" | "shell" | "empty" }
  | { readonly because: "variable"; readonly variable: string };

/** The same command for our own terminal, or why it would be another one there. `variables` are those of tasks.json. */
export function taskCommand(
  { process, commandLine, command, args = [], options = {} }: TaskExecution,
  folder: string,
  variables: Readonly<Record<string, string>>,
): TaskCommand {
  // Our children inherit a short list only.
  if (Object.keys(options.env ?? {}).length > 0) return cannot({ because: "env" });
  if (options.executable !== undefined) return cannot({ because: "shell" });
  const words = process === undefined ? undefined : [process, ...args.map((word) => asText(word))];
  const line = commandLine ?? (command === undefined ? "" : [command, ...args].map(quoted).join(" "));
  if (words === undefined && line.trim() === "") return cannot({ because: "empty" });
  const unknown = [...(words ?? [line]), options.cwd ?? ""]
    .flatMap((text) => [...text.matchAll(VARIABLE)])
    .find(([, name]) => variables[name!] === undefined);
  if (unknown !== undefined) return cannot({ because: "variable", variable: unknown[0] });
  const filled = (text: string): string => text.replaceAll(VARIABLE, (_, name: string) => variables[name]!);
  return {
    kind: "can",
    command: words === undefined ? filled(line) : words.map(filled),
    cwd: resolve(folder, filled(options.cwd ?? ".")),
  };
}

/** Of VS Code. A shell's own `${NAME}` has no small letter, or is inside single quotes; both read alike there. */
const VARIABLE = /\$\{([a-z/][^}]*)\}/g;

function cannot(reason: CannotRun): TaskCommand {
  return { kind: "cannot", reason };
}

/** As VS Code writes it for a POSIX shell: a text with blanks is quoted, unless it is already. */
function quoted(word: Word): string {
  if (typeof word === "string") return /\s/.test(word) && !/^(['"]).*\1$/.test(word) ? strong(word) : word;
  if (word.quoting === 1) return word.value.replace(/[\s"'\\$]/g, "\\$&");
  return word.quoting === 3 ? `"${word.value.replace(/["\\]/g, "\\$&")}"` : strong(word.value);
}

function strong(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`;
}

function asText(word: Word): string {
  return typeof word === "string" ? word : word.value;
}
