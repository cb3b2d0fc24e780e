import { mkdirSync, mkdtempSync, realpathSync } from "node:fs";
import { rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { VaultError } from "../../vault-error.ts";
import type { NamedValue } from "../child-env.ts";
import type { Command } from "../command.ts";
import { findProgram } from "../find-program.ts";
import { asAllowedHost, formatAllowedHost } from "../placeholder/allowed-host.ts";
import { spawnError } from "../spawn-error.ts";
import { startSandboxProcess } from "./sandbox-process.ts";
import { missingProgram, unsandboxable } from "./sandbox-refusal.ts";
import { type SandboxRequest, temporaryFolder } from "./sandbox-request.ts";

export interface SandboxOptions {
  readonly command: Command;
  /** The real path of the working folder: the child may write there. */
  readonly cwd: string;
  /** The PATH of the child. */
  readonly path: string | undefined;
  /** The hosts that can be reached: `host`, `*.domain`, with or without `:port`. None = no network. */
  readonly hosts: readonly string[] | "any";
  /** A proxy that everything goes through, with its credentials: that of placeholder mode. */
  readonly proxy?: string;
  /** Where the run's own temporary folder is made; the system's by default. */
  readonly tmp?: string;
}

export interface Sandbox {
  /** What to start instead of the command, with the child's environment and in the same folder. */
  readonly command: readonly string[];
  /** To be laid over the child's environment. */
  readonly env: Readonly<Record<string, string>>;
  /** To be redacted too: who has them can use the sandbox's proxy from outside while the run lasts. */
  readonly credentials: readonly NamedValue[];
  /** Must be called when the run has ended: bridges and proxies end, and the temporary folder goes. */
  close(): Promise<void>;
}

/**
 * Prepares a sandbox for one run: writes only to `cwd` and to a temporary folder of its own, connections only to
 * `hosts`, no sockets of the file system, and no sight of the processes outside. Everything readable stays readable.
 * Refuses with `denied-by-policy` and the reason where that can't be had; never runs anything outside of it.
 */
export async function openSandbox(options: SandboxOptions): Promise<Sandbox> {
  const { command, cwd, path = "", hosts, proxy, tmp = tmpdir() } = options;
  const programs = requireSandboxPrograms(path);
  // Inside, the shell would find out, and its complaint would look like the command's own.
  if (typeof command !== "string" && findProgram(command[0]!, path, cwd) === undefined) {
    throw spawnError(Object.assign(new Error(), { code: "ENOENT" }), command);
  }
  const allowed =
    hosts === "any" ? hosts : hosts.map((host) => formatAllowedHost(asAllowedHost(host) ?? refuseHost(host)));
  const folder = realpathSync(mkdtempSync(join(tmp, "ov-run-"))); // 0700
  mkdirSync(temporaryFolder(folder));
  const request: SandboxRequest = {
    ...{ command, cwd, folder, hosts: allowed, isFirst: !worked.has(programs?.bwrap) },
    ...(proxy === undefined ? {} : { proxy }),
    ...(programs === undefined ? {} : { programs }),
  };
  const host = await startSandboxProcess(request, path);
  const close = async (): Promise<void> => {
    await host.close();
    await rm(folder, { recursive: true, force: true, maxRetries: 3 }).catch(() => undefined);
  };
  if (host.answer.kind === "refused") {
    await close();
    throw unsandboxable(host.answer.reason);
  }
  worked.add(programs?.bwrap);
  const temporary = temporaryFolder(folder);
  const { token } = host.answer;
  return {
    command: host.answer.argv,
    credentials: token === undefined ? [] : [{ name: "OV_PROXY", value: Buffer.from(token) }],
    env: {
      ...{ TMPDIR: temporary, TEMP: temporary, TMP: temporary },
      // There is no network but through the proxy, and Node looks at the variables only if told.
      ...(hosts === "any" ? {} : { NODE_USE_ENV_PROXY: "1" }),
    },
    close,
  };
}

/** The library would take `*` for every host. */
function refuseHost(host: string): never {
  throw new VaultError(
    "argument-invalid",
    `${JSON.stringify(host)} can't be an allowed host. Use one like api.example.com, *.example.com or localhost:8443.`,
  );
}

/** A trial costs as much as a short run, so there is one for each bwrap. If it stops working later, commands fail. */
const worked = new Set<string | undefined>();

/**
 * Refuses where there can be no sandbox, before anything else is done. Linux needs bubblewrap, socat, and `which`, which
 * the library asks; macOS brings all; other systems have nothing.
 */
export function requireSandboxPrograms(path = ""): SandboxRequest["programs"] {
  if (process.platform === "darwin") return undefined;
  if (process.platform !== "linux") throw unsandboxable(`there is no sandbox for ${process.platform}`);
  const bwrap = findProgram("bwrap", path, "/");
  const socat = findProgram("socat", path, "/");
  if (bwrap === undefined) throw missingProgram("bubblewrap");
  if (socat === undefined) throw missingProgram("socat");
  if (findProgram("which", path, "/") === undefined) throw missingProgram("which");
  return { bwrap, socat };
}
