// Brings a real VS Code to this machine for tests and `npm run code`: code-server's, from npm, into .vscode-test/.
import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync } from "node:fs";
import { join } from "node:path";
import { needDebianPackages } from "./debian.ts";

const ROOT = join(import.meta.dirname, "..", "..");
const CACHE = join(ROOT, ".vscode-test");
const VERSION = "4.139.1";
const INTEGRITY = "sha512-fUYvJVdz4ZoVJfakGiGWXFMpF8K1ObsrpGvX17ZxNpKOzdNHs7lANT670JTr4ZhA8DnWqyvvmFG/d3HV9Yy6ew==";
const HOME = join(CACHE, `code-server-${VERSION}`);

/** The browser that shows VS Code's window to a test; installs it first, where that is possible. */
export function installBrowser(): string {
  const chromium = process.env.CHROMIUM ?? "/usr/bin/chromium";
  needDebianPackages(["chromium", "fonts-dejavu-core"], [chromium]);
  return chromium;
}

export interface VSCodeServer {
  /** Node 24, which runs the server and its extension hosts. */
  readonly node: string;
  readonly main: string;
}

/** The installed server; installs it first where it is not there yet, which takes a minute. Safe to call from several processes. */
export function installVSCode(): VSCodeServer {
  if (!existsSync(HOME)) installServer();
  return { node: join(ROOT, "node_modules/node/bin/node"), main: join(HOME, "lib/vscode/out/server-main.js") };
}

/** In a folder of its own that gets its name at the end: an install that was interrupted is not taken for a whole one. */
function installServer(): void {
  const started = Date.now();
  needDebianPackages(["build-essential", "python3"], ["/usr/bin/g++", "/usr/bin/make", "/usr/bin/python3"]);
  removeLeftovers();
  const folder = join(CACHE, `installing-${process.pid}`);
  mkdirSync(folder, { recursive: true });
  try {
    say(`Installing VS Code (code-server ${VERSION} from npm) for the tests; once, about a minute …`);
    const server = unpack(folder, `code-server@${VERSION}`, INTEGRITY);
    const code = join(server, "lib/vscode");
    say("  its packages …");
    npm(code, ["install", "--omit=dev", "--ignore-scripts"]);
    npm(join(code, "extensions"), ["install", "--omit=dev", "--ignore-scripts"]);
    say("  its logger, which has to be compiled …");
    // The headers of the very Node that runs it. The other native packages ship compiled, or are done without.
    const headers = unpack(folder, `node-${process.platform}-${process.arch}@${process.versions.node}`);
    npm(code, ["rebuild", "@vscode/spdlog", "@vscode/native-watchdog"], { npm_config_nodedir: headers });
    if (!existsSync(HOME)) renameSync(server, HOME);
    say(`VS Code is installed in ${Math.round((Date.now() - started) / 1000)} s.`);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function removeLeftovers(): void {
  if (!existsSync(CACHE)) return;
  for (const name of readdirSync(CACHE)) {
    const pid = /^installing-(\d+)$/.exec(name)?.[1];
    if (pid === undefined || isRunning(Number(pid))) continue;
    say("An earlier install was interrupted: starting again.");
    rmSync(join(CACHE, name), { recursive: true, force: true });
  }
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

/** Downloads a package, without what it depends on, to a folder. npm has checked it against the registry's own hash. */
function unpack(folder: string, specifier: string, integrity?: string): string {
  const [packed] = JSON.parse(npm(folder, ["pack", specifier, "--json"])) as [{ filename: string; name: string }];
  const archive = join(folder, packed.filename);
  const hash = `sha512-${createHash("sha512").update(readFileSync(archive)).digest("base64")}`;
  if (integrity !== undefined && hash !== integrity)
    throw new Error(`${specifier} is not the package that was reviewed.`);
  const target = join(folder, packed.name);
  mkdirSync(target);
  execFileSync("tar", ["xzf", archive, "-C", target, "--strip-components=1"]);
  rmSync(archive);
  return target;
}

function npm(cwd: string, args: readonly string[], env: Readonly<Record<string, string>> = {}): string {
  return execFileSync("npm", [...args, "--no-audit", "--no-fund", "--loglevel=error"], {
    cwd,
    encoding: "utf8",
    env: { ...process.env, ...env },
    stdio: ["ignore", "pipe", "pipe"],
    maxBuffer: 64 * 1024 * 1024,
  });
}

function say(text: string): void {
  console.error(text);
}

if (import.meta.main) {
  installBrowser();
  installVSCode();
}
