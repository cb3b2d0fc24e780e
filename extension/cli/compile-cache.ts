import { lstatSync, rmSync } from "node:fs";
import module from "node:module";
import { makePrivateFolder } from "#mcp/device/private-file.ts";

/**
 * Node 22 and newer keep the compiled code of what is loaded from here on, and run it the next time without a look at its
 * source. So it has to lie where nobody else could ever put code: what others could write to is thrown away.
 */
export function keepCompiledCode(folder: string): void {
  // Whoever set NODE_COMPILE_CACHE has one.
  if (module.enableCompileCache === undefined || module.getCompileCacheDir?.() !== undefined) return;
  try {
    if (process.platform !== "win32" && couldOthersWrite(folder)) rmSync(folder, { recursive: true });
    makePrivateFolder(folder);
    module.enableCompileCache(folder);
  } catch {
    // A start takes a little longer without.
  }
}

function couldOthersWrite(folder: string): boolean {
  const stats = lstatSync(folder, { throwIfNoEntry: false });
  if (stats === undefined) return false;
  return !stats.isDirectory() || stats.uid !== process.geteuid?.() || (stats.mode & 0o022) !== 0;
}
