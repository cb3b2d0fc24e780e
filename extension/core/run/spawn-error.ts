import { VaultError } from "../vault-error.ts";
import type { Command } from "./command.ts";
import { visible } from "./visible-text.ts";

/** Why a program did not start. Without the cause: Node's error carries arguments and, for some, the environment. */
export function spawnError(error: unknown, command: Command): VaultError {
  const code = error instanceof Error && "code" in error ? error.code : undefined;
  const program = typeof command === "string" ? "the shell" : visible(command[0]!.slice(0, 200));
  switch (code) {
    case "ENOENT":
      return new VaultError(
        "command-not-found",
        `There is no program ${program} on the PATH of the run, or the interpreter that it names is missing. Check the spelling, or give its full path.${onWindows()}`,
      );
    case "EACCES":
    case "EPERM":
      return new VaultError(
        "command-not-found",
        `${program} can't be executed: it is no program, or permission is missing. Check the file's mode, or name its interpreter.`,
      );
    case "E2BIG":
      return new VaultError(
        "limit-exceeded",
        'The secrets and arguments are larger than the system gives to one program. Name fewer of them with "secrets".',
      );
    default:
      return new VaultError(
        "run-failed",
        `${program} could not be started (${typeof code === "string" ? code : "unknown reason"}). Try again; if that fails too, run "ov doctor".`,
      );
  }
}

function onWindows(): string {
  return process.platform === "win32" ? " A .cmd or .bat file needs the shell: give the command as one string." : "";
}
