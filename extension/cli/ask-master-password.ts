import { execFile } from "node:child_process";
import { VaultError } from "#core/vault-error.ts";
import { askNewPassword, askPassword, passwordProblem } from "./ask-person.ts";
import { withTerminal } from "./terminal.ts";

/**
 * The master password, to open the vault: from the `OV_ASKPASS` program where one is set, else from the terminal.
 * What proves that a person is there (`ov secret reveal`, `ov approve`) asks the terminal itself instead.
 */
export async function askMasterPassword(env: NodeJS.ProcessEnv, message: string): Promise<Uint8Array> {
  if (env.OV_ASKPASS) return runAskpass(env.OV_ASKPASS, message, env);
  return withTerminal("Asking for the master password", (terminal) => askPassword(terminal, message));
}

export async function askNewMasterPassword(env: NodeJS.ProcessEnv, message: string): Promise<Uint8Array> {
  if (!env.OV_ASKPASS) {
    return withTerminal("Choosing a master password", (terminal) => askNewPassword(terminal, message));
  }
  const password = await runAskpass(env.OV_ASKPASS, message, env);
  const problem = passwordProblem(Buffer.from(password).toString("utf8"));
  if (problem !== undefined) throw new VaultError("argument-invalid", problem);
  return password;
}

/** As ssh does it: the program gets the prompt as its argument, and what it prints, less one newline, is the password. */
function runAskpass(program: string, prompt: string, env: NodeJS.ProcessEnv): Promise<Uint8Array> {
  return new Promise((resolve, reject) => {
    const limits = { encoding: "buffer", maxBuffer: 4096, timeout: 5 * 60_000, windowsHide: true } as const;
    const child = execFile(program, [prompt], { ...limits, env }, (error, stdout) => {
      // Node's error quotes the output in its message in some cases, so none of it goes further.
      if (error !== null || stdout.length === 0) {
        stdout.fill(0);
        return reject(
          new VaultError(
            "cancelled",
            "The OV_ASKPASS program gave no password. Check that it runs and prints one, or unset OV_ASKPASS.",
          ),
        );
      }
      const end =
        stdout.at(-1) !== 0x0a ? stdout.length : stdout.at(-2) === 0x0d ? stdout.length - 2 : stdout.length - 1;
      const password = Uint8Array.from(stdout.subarray(0, end));
      stdout.fill(0);
      resolve(password);
    });
    child.stdin?.end();
  });
}
