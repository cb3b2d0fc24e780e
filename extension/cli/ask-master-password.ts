import { execFile } from "node:child_process";
import { VaultError } from "#core/vault-error.ts";
import { askHidden, askPassword } from "./ask-person.ts";
import { passwordProblem } from "./password-rule.ts";
import { withTerminal } from "./terminal.ts";

/**
 * The master password, to open the vault: from the `OV_ASKPASS` program where one is set, else from the terminal.
 * `purpose` completes "Master password, to …". What proves that a person is there (`ov secret reveal`, `ov approve`)
 * asks the terminal itself instead.
 */
export async function askMasterPassword(env: NodeJS.ProcessEnv, purpose: string): Promise<Uint8Array> {
  if (env.OV_ASKPASS) return runAskpass(env.OV_ASKPASS, `Master password, to ${purpose}:`, env);
  return withTerminal("Asking for the master password", (terminal) => {
    // On lines of its own, since a prompt is drawn again with every key.
    terminal.output.write(`Opens the vault to ${purpose}.\n`);
    return askPassword(terminal, "Master password:");
  });
}

/** Of something that is to be imported: from the `OV_ASKPASS` program where one is set, else from the terminal. */
export async function askPassphrase(env: NodeJS.ProcessEnv, prompt: string): Promise<Uint8Array> {
  if (env.OV_ASKPASS) return runAskpass(env.OV_ASKPASS, prompt, env);
  return withTerminal("Asking for a passphrase", (terminal) => askPassword(terminal, prompt));
}

/** For something that leaves the vault: typed twice by a person, and by nothing else. */
export async function askNewPassphrase(terminal: Parameters<typeof askHidden>[0]): Promise<Uint8Array> {
  return askTwice(terminal, "New passphrase of the export:");
}

/** A new one, typed twice on a terminal. */
export async function askNewMasterPassword(env: NodeJS.ProcessEnv): Promise<Uint8Array> {
  if (!env.OV_ASKPASS)
    return withTerminal("Choosing a master password", (terminal) => askTwice(terminal, NEW_PASSWORD));
  const password = await runAskpass(env.OV_ASKPASS, NEW_PASSWORD, env);
  const problem = passwordProblem(Buffer.from(password).toString("utf8"));
  if (problem !== undefined) throw new VaultError("argument-invalid", problem);
  return password;
}

async function askTwice(terminal: Parameters<typeof askHidden>[0], prompt: string): Promise<Uint8Array> {
  const first = await askHidden(terminal, prompt, (text) => passwordProblem(text) ?? true);
  await askHidden(terminal, "The same again:", (text) => text === first || "That is not the same. Type it again.");
  return Buffer.from(first, "utf8");
}

const NEW_PASSWORD = "New master password:";

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
      const password = Uint8Array.from(withoutNewline(stdout));
      stdout.fill(0);
      resolve(password);
    });
    child.stdin?.end();
  });
}

/** Programs that print text end it with a newline, which is no part of what they say. */
export function withoutNewline(bytes: Uint8Array): Uint8Array {
  if (bytes.at(-1) !== 0x0a) return bytes;
  return bytes.subarray(0, bytes.at(-2) === 0x0d ? -2 : -1);
}
