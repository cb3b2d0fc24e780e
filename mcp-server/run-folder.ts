import { realpath } from "node:fs/promises";
import path from "node:path";
import { requireFolder } from "#core/run/working-folder.ts";
import { VaultError } from "#core/vault-error.ts";
import type { ToolCall } from "#mcp/tool-call.ts";

/** The folder of a call: `cwd`, or the client's own. Real, existing, and inside of the client's folders. */
export async function runFolder(call: ToolCall, cwd: string | undefined): Promise<string> {
  const roots = await call.roots();
  const home = defaultFolder(call.place.cwd, roots);
  return cwd === undefined ? home : requireFolder(path.resolve(home, cwd), roots);
}

/** The real path of a file that an agent names: inside of the client's folders after every link is followed. */
export async function readablePath(call: ToolCall, file: string): Promise<string> {
  const wanted = path.resolve(await runFolder(call, undefined), file);
  const real = await realpath(wanted).catch(() => undefined);
  if (real === undefined) {
    throw new VaultError(
      "file-not-found",
      `There is no file ${JSON.stringify(wanted)}. Give the path of an existing one.`,
    );
  }
  requireFolder(path.dirname(real), await call.roots());
  return real;
}

/** The client's working folder, unless its roots leave that out. */
function defaultFolder(cwd: string, roots: readonly string[]): string {
  try {
    return requireFolder(cwd, roots);
  } catch (error) {
    const first = roots[0];
    if (first === undefined) throw error;
    return requireFolder(first);
  }
}
