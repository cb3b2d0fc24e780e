import { existsSync, mkdirSync, readFileSync } from "node:fs";
import { delimiter, dirname, join } from "node:path";
import { VaultError } from "#core/vault-error.ts";
import { writeBeside } from "#mcp/device/private-file.ts";
import type { ThisProcess } from "#mcp/device/this-process.ts";

/** A small script that starts the `ov` of this extension with the program that runs the extension. */
export interface Shim {
  readonly file: string;
  readonly folder: string;
  readonly text: string;
  readonly isOnPath: boolean;
}

export function shimFor(
  { env, home }: Pick<ThisProcess, "env" | "home">,
  extensionPath: string,
  platform: NodeJS.Platform = process.platform,
  program: string = process.execPath,
): Shim {
  const script = join(extensionPath, "dist", "ov.js");
  const folder =
    platform === "win32"
      ? join(env.LOCALAPPDATA || join(home, "AppData", "Local"), "Programs", "OpaqueVault")
      : join(home, ".local", "bin");
  const isOnPath = (env.PATH ?? env.Path ?? "").split(delimiter).includes(folder);
  // VS Code's program is Node only if it is told so.
  const text =
    platform === "win32"
      ? `@echo off\r\nrem ${MARK}\r\nset ELECTRON_RUN_AS_NODE=1\r\n"${program}" "${script}" %*\r\n`
      : `#!/bin/sh\n# ${MARK}\nELECTRON_RUN_AS_NODE=1 exec ${quoted(program)} ${quoted(script)} "$@"\n`;
  return { file: join(folder, platform === "win32" ? "ov.cmd" : "ov"), folder, text, isOnPath };
}

/** "other" = a script of ours that starts another version. Refuses where a file of somebody else has the name. */
export function findShim({ file, text }: Shim): "none" | "same" | "other" {
  if (!existsSync(file)) return "none";
  const found = readFileSync(file, "utf8");
  if (found === text) return "same";
  if (found.includes(MARK)) return "other";
  throw new VaultError("argument-invalid", `${file} is another program. Move it away first, then try again.`);
}

export function writeShim({ file, text }: Shim): void {
  mkdirSync(dirname(file), { recursive: true });
  writeBeside(file, text, 0o755);
}

const MARK = "Written by the OpaqueVault extension of VS Code.";

function quoted(word: string): string {
  return `'${word.replaceAll("'", "'\\''")}'`;
}
