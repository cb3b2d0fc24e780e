import { createHash } from "node:crypto";
import { VaultError } from "../vault-error.ts";
import { visible } from "./visible-text.ts";

/** A string is run by the shell; an array is a program and its arguments, without a shell. */
export type Command = string | readonly string[];

/** What `spawn` takes. */
export interface Argv {
  readonly file: string;
  readonly args: readonly string[];
  /** Windows: the command line is passed as it is, because cmd.exe has quoting rules of its own. */
  readonly verbatim: boolean;
}

/** Refuses with `argument-invalid` a command that is empty, longer than a person would read, or holds a NUL. */
export function requireCommand(command: Command): void {
  const parts = typeof command === "string" ? [command] : command;
  if (parts.length === 0 || parts[0]!.trim() === "") {
    throw new VaultError("argument-invalid", "The command is empty. Name a program to run.");
  }
  if (parts.some((part) => part.includes("\0"))) {
    throw new VaultError("argument-invalid", "The command holds a NUL character, which no program can get. Remove it.");
  }
  if (parts.reduce((sum, part) => sum + part.length + 1, 0) > MAX_COMMAND) {
    throw new VaultError(
      "argument-invalid",
      `The command is longer than ${MAX_COMMAND.toLocaleString("en")} characters. Put it into a script file and run that.`,
    );
  }
}

const MAX_COMMAND = 32_768;

export function toArgv(command: Command, comspec = "cmd.exe", platform: NodeJS.Platform = process.platform): Argv {
  if (typeof command !== "string") return { file: command[0]!, args: command.slice(1), verbatim: false };
  if (platform === "win32") return { file: comspec, args: ["/d", "/s", "/c", `"${command}"`], verbatim: true };
  // "--" because a command that begins with a dash would be taken as an option of the shell.
  return { file: "/bin/sh", args: ["-c", "--", command], verbatim: false };
}

/**
 * One exact line for a person to approve: two lines are equal only if the same thing would run. Invisible characters
 * are spelled out, since they could hide a part of the command. Standard input is part of it: what `sh` reads there
 * is what `sh` does.
 */
export function describeCommand(command: Command, stdin?: Uint8Array): string {
  const line = typeof command === "string" ? describeShell(command) : describeArgv(command);
  return stdin === undefined || stdin.length === 0 ? line : `${STDIN}${describeInput(stdin)} | ${line}`;
}

/** SHA-256 in hex of exactly what runs. The audit log keeps this instead of the command. */
export function commandHash(command: Command, stdin?: Uint8Array): string {
  const hash = createHash("sha256").update(JSON.stringify(command)).update("\0");
  return hash.update(stdin ?? new Uint8Array()).digest("hex");
}

const NO_SHELL = "no shell: ";
const STDIN = "stdin ";

function describeShell(command: string): string {
  const line = visible(command);
  // A command may not pass for one of the other two forms.
  if (!line.startsWith(NO_SHELL) && !line.startsWith(STDIN)) return line;
  return `\\u{${line.charCodeAt(0).toString(16)}}${line.slice(1)}`;
}

/** Words that every shell takes as they are need no mark: `npm test` is the same with a shell and without. */
function describeArgv(argv: readonly string[]): string {
  if (argv.every((word) => /^[A-Za-z0-9_./:@,+-]+$/.test(word)) && argv[0] !== STDIN.trim()) return argv.join(" ");
  return NO_SHELL + argv.map((word) => (/^[\w./:@%=,+-]+$/.test(word) ? word : quoted(word))).join(" ");
}

function quoted(word: string): string {
  return `'${visible(word).replaceAll("'", `'\\''`)}'`;
}

function describeInput(stdin: Uint8Array): string {
  const text = new TextDecoder().decode(stdin.subarray(0, MAX_SHOWN_INPUT));
  const shown = `"${visible(text).replaceAll('"', "\\u{22}")}"`;
  if (stdin.length <= MAX_SHOWN_INPUT && Buffer.from(text).equals(stdin)) return shown;
  return `${shown} (${stdin.length} bytes, SHA-256 ${createHash("sha256").update(stdin).digest("hex")})`;
}

const MAX_SHOWN_INPUT = 2_000;
