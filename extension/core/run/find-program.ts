import { accessSync, constants, statSync } from "node:fs";
import { basename, delimiter, isAbsolute, join, resolve } from "node:path";

/**
 * The file that a program's name stands for, as `execvp` finds it: with a slash below `cwd`, else on the PATH. Relative
 * folders on the PATH are passed over, because there a project could put a program of its own.
 */
export function findProgram(name: string, path: string | undefined, cwd: string): string | undefined {
  if (basename(name) !== name) return asProgram(resolve(cwd, name));
  for (const folder of (path ?? "").split(delimiter)) {
    const found = isAbsolute(folder) ? asProgram(join(folder, name)) : undefined;
    if (found !== undefined) return found;
  }
  return undefined;
}

function asProgram(file: string): string | undefined {
  try {
    accessSync(file, constants.X_OK);
    return statSync(file).isFile() ? file : undefined;
  } catch {
    return undefined;
  }
}
