import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, isAbsolute, join } from "node:path";
import { VaultError } from "../vault-error.ts";
import type { Environment } from "./child-env.ts";
import { findProgram } from "./find-program.ts";
import { promptMark } from "./prompt-scanner.ts";

export interface ShellStart {
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  /** False: this shell's prompt can't be told from its output. */
  readonly hasMarks: boolean;
  /** Removes the start-up file. */
  dispose(): void;
}

/** The full path of a shell: the one that was asked for, else the person's, else the system's. */
export function findShell(wanted: string | undefined, parent: Environment): string {
  const fallback = process.platform === "win32" ? (parent.COMSPEC ?? "cmd.exe") : "/bin/sh";
  const name = wanted ?? parent.SHELL ?? fallback;
  // A relative path would name a file of the project.
  const isPlain = isAbsolute(name) || basename(name) === name;
  const found = isPlain ? findProgram(name, parent.PATH, "/") : undefined;
  if (found !== undefined) return found;
  throw new VaultError(
    "shell-not-found",
    `There is no shell ${JSON.stringify(name.slice(0, 200))}. Name one that is installed, such as bash, zsh or sh.`,
  );
}

/**
 * How to start a shell so that each prompt carries private marks (see prompt-scanner.ts). The person's own start-up
 * files are left out: they may replace the prompt, and print or save what they see. No history is saved, because a
 * line may hold a value.
 */
export function prepareShell(shell: string, nonce: string, label: string): ShellStart {
  const kind = basename(shell).replace(/\.exe$/i, "");
  switch (kind) {
    case "bash":
      return withFile("bashrc", bashStart(nonce, label), (file) => ({
        args: ["--noprofile", "--rcfile", file, "-i"],
        env: {},
      }));
    case "zsh":
      return withFile(".zshrc", zshStart(nonce, label), (_file, folder) => ({
        args: ["-d", "-i"],
        env: { ZDOTDIR: folder },
      }));
    case "sh":
    case "dash":
    case "ash":
    case "ksh":
      return withFile("shrc", shStart(nonce, label), (file) => ({ args: ["-i"], env: { ENV: file } }));
    default:
      return { args: [], env: {}, hasMarks: false, dispose: () => undefined };
  }
}

function bashStart(nonce: string, label: string): string {
  const mark = (kind: "P" | "Q" | "C", rest = ""): string => `\\[${promptMark(nonce, kind, rest)}\\]`;
  return [
    "unset HISTFILE ENV BASH_ENV PROMPT_COMMAND PS0",
    "bind 'set enable-bracketed-paste off' 2>/dev/null",
    "set +H", // a "!" in a typed line is text
    `PS1='${mark("P", "$?")}(${label}) \\$ ${mark("Q")}'`,
    `PS2='${mark("P")}> ${mark("C")}'`,
    "",
  ].join("\n");
}

function zshStart(nonce: string, label: string): string {
  const mark = (kind: "P" | "Q" | "C", rest = ""): string => `%{${promptMark(nonce, kind, rest)}%}`;
  return [
    "unset HISTFILE ZDOTDIR RPROMPT RPROMPT2 zle_bracketed_paste",
    "precmd_functions=() preexec_functions=()",
    "unsetopt prompt_sp prompt_cr bang_hist check_jobs beep",
    `PROMPT='${mark("P", "%?")}(${label}) %# ${mark("Q")}'`,
    `PROMPT2='${mark("P")}> ${mark("C")}'`,
    "",
  ].join("\n");
}

function shStart(nonce: string, label: string): string {
  const mark = (kind: "P" | "Q" | "C", rest = ""): string => promptMark(nonce, kind, rest);
  return [
    "unset HISTFILE ENV",
    `PS1='${mark("P", "$?")}(${label}) $ ${mark("Q")}'`,
    `PS2='${mark("P")}> ${mark("C")}'`,
    "",
  ].join("\n");
}

function withFile(
  name: string,
  text: string,
  start: (file: string, folder: string) => Pick<ShellStart, "args" | "env">,
): ShellStart {
  const folder = mkdtempSync(join(tmpdir(), "ov-shell-")); // 0700: the nonce is in it
  const file = join(folder, name);
  writeFileSync(file, text, { mode: 0o600 });
  return { ...start(file, folder), hasMarks: true, dispose: () => rmSync(folder, { recursive: true, force: true }) };
}
