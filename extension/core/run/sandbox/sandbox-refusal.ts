import { VaultError } from "../../vault-error.ts";

/** Never a reason to run without the sandbox: the policy asked for one. */
export function unsandboxable(reason: string): VaultError {
  return new VaultError(
    "denied-by-policy",
    `The policy asks for a sandbox, and this command can't be sandboxed here: ${oneLine(reason)}. See docs/guides/placeholder-and-sandbox.md for what a sandbox needs, or choose another policy.`,
  );
}

export function missingProgram(name: string): VaultError {
  return new VaultError(
    "denied-by-policy",
    `The policy asks for a sandbox, and this command can't be sandboxed here: ${name} is not installed. Install bubblewrap and socat with your system's package manager ("sudo apt install bubblewrap socat"), or choose another policy.`,
  );
}

/** The library's words, which name paths and kernel settings, never values: it is told none. */
function oneLine(text: string): string {
  const line = text.replace(/[\p{Cc}\p{Cf}\s]+/gu, " ").trim();
  return line.replace(/[.!]+$/, "").slice(0, 300);
}
