import { accessSync, constants, existsSync, readdirSync, readFileSync } from "node:fs";
import { delimiter, isAbsolute, join } from "node:path";
import { permissionProblems } from "#core/store/permission-problems.ts";
import { checkRollback } from "#core/vault/check-rollback.ts";
import { findProjectFile } from "#core/vault/project-file.ts";
import { isVaultError } from "#core/vault-error.ts";
import { CLIENT_NAMES, CLIENTS } from "#mcp/client-setup/clients.ts";
import { thisVault } from "#mcp/device/this-vault.ts";
import { readUserConfig } from "#mcp/device/user-config.ts";
import type { Cli } from "../cli.ts";
import { vaultStatus } from "../show-status.ts";
import type { Check } from "./check.ts";

/** Every check, in the order in which things are set up. */
export async function runChecks(cli: Cli): Promise<readonly Check[]> {
  return [
    checkNode(),
    checkOnPath(cli),
    await settled("config", async () => checkConfig(cli)),
    await settled("vault", () => checkVault(cli)),
    await settled("permissions", () => checkPermissions(cli)),
    checkAskpass(cli),
    await settled("project", () => checkProject(cli)),
    checkPlainFiles(cli),
    ...checkClients(cli),
  ];
}

function checkNode(): Check {
  const [major = 0, minor = 0] = process.versions.node.split(".").map(Number);
  const known = { id: "node", message: `Node.js ${process.versions.node} on ${process.platform} ${process.arch}` };
  if (major > 20 || (major === 20 && minor >= 19)) return { ...known, state: "ok" };
  return { ...known, state: "fail", next: "Install Node.js 22 or newer." };
}

function checkOnPath({ env }: Cli): Check {
  const names = process.platform === "win32" ? ["ov.cmd", "ov.exe", "ov.ps1"] : ["ov"];
  const found = (env.PATH ?? "")
    .split(delimiter)
    .some((folder) => names.some((name) => folder !== "" && existsSync(join(folder, name))));
  if (found) return { id: "path", state: "ok", message: '"ov" is on the PATH' };
  return {
    id: "path",
    state: "warn",
    message: '"ov" is not on the PATH',
    next: 'Run "npm link" in the folder where you built it, or put a link to dist/ov.js on the PATH.',
  };
}

function checkConfig({ paths }: Cli): Check {
  readUserConfig(paths.config);
  return {
    id: "config",
    state: "ok",
    message: existsSync(paths.config)
      ? `your settings in ${paths.config} are good`
      : "no settings of your own: the defaults",
  };
}

async function checkVault(cli: Cli): Promise<Check> {
  const { kind, location } = await vaultStatus(cli);
  if (kind === "absent")
    return {
      id: "vault",
      state: "fail",
      message: `there is no vault in ${location}`,
      next: 'Make one with "ov vault init".',
    };
  await checkRollback(await thisVault(cli.paths));
  return { id: "vault", state: "ok", message: `${kind} vault in ${location}` };
}

async function checkPermissions({ paths }: Cli): Promise<Check> {
  const folders = [paths.vault, paths.state, paths.runtime];
  const problems = (await Promise.all(folders.map(permissionProblems))).flat();
  const [first] = problems;
  if (first === undefined) return { id: "permissions", state: "ok", message: "only you can read the vault's folders" };
  return {
    id: "permissions",
    state: "fail",
    message: `${problems.length} places are open to other users`,
    next: first,
  };
}

function checkAskpass({ env }: Cli): Check {
  const program = env.OV_ASKPASS;
  if (!program) return { id: "askpass", state: "ok", message: "the master password is asked for on the terminal" };
  try {
    accessSync(program, constants.X_OK);
    if (isAbsolute(program)) return { id: "askpass", state: "ok", message: `OV_ASKPASS is ${program}` };
  } catch {
    // told below
  }
  return {
    id: "askpass",
    state: "warn",
    message: `OV_ASKPASS is ${JSON.stringify(program)}, which is no program with a full path`,
    next: "Name one, or unset OV_ASKPASS.",
  };
}

async function checkProject({ cwd, home }: Cli): Promise<Check> {
  const file = await findProjectFile(cwd, home);
  if (file === undefined) return { id: "project", state: "ok", message: "no .ov.yaml from here upward" };
  return { id: "project", state: "ok", message: `${file.path} is good` };
}

/** What agents read first: secrets in the clear beside the code. */
function checkPlainFiles({ cwd }: Cli): Check {
  const found = readdirSync(cwd).filter(
    (name) => /^\.env(\..+)?$/.test(name) && !/\.(example|sample|template|dist)$/.test(name),
  );
  if (found.length === 0) return { id: "env-files", state: "ok", message: "no .env files in this folder" };
  return {
    id: "env-files",
    state: "warn",
    message: `secrets may lie in the clear in ${found.join(", ")}`,
    next: `Take them into the vault: ov secret import ${found[0]}`,
  };
}

/** Of each agent's configuration: is the server in it, and does what it starts exist? */
function checkClients(cli: Cli): readonly Check[] {
  const places = { home: cli.home, project: cli.cwd, env: cli.env, platform: process.platform };
  return CLIENT_NAMES.flatMap((name): readonly Check[] => {
    const files = (["user", "project"] as const)
      .map((scope) => CLIENTS[name].file(scope, places))
      .filter((file) => existsSync(file));
    const text = files.map((file) => readFileSync(file, "utf8")).find((content) => content.includes("opaquevault"));
    if (files.length === 0) return [];
    const id = `client-${name}`;
    const next = `ov mcp install --client ${name}`;
    if (text === undefined)
      return [{ id, state: "warn", message: `${CLIENTS[name].title} does not know OpaqueVault`, next }];
    const missing = [...text.matchAll(/"([^"\n]*[/\\](?:node(?:\.exe)?|ov\.js|ov\.ts))"/g)]
      .map(([, path]) => unescaped(path!))
      .find((path) => isAbsolute(path) && !existsSync(path));
    if (missing === undefined) return [{ id, state: "ok", message: `${CLIENTS[name].title} is set up` }];
    return [{ id, state: "fail", message: `${CLIENTS[name].title} starts ${missing}, which is gone`, next }];
  });
}

function unescaped(text: string): string {
  return text.replaceAll("\\\\", "\\");
}

/** A check that can't be made is a failed one, told in the words of its error. */
async function settled(id: string, check: () => Promise<Check>): Promise<Check> {
  try {
    return await check();
  } catch (error) {
    if (!isVaultError(error)) throw error;
    return { id, state: "fail", message: error.message };
  }
}
