// Brings real coding agents to this machine for the tests, from npm into .vscode-test/: they are too large for package.json.
import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";

const VERSIONS = {
  "@anthropic-ai/claude-code": "2.1.332",
  "@github/copilot": "1.0.102",
  "@google/gemini-cli": "0.61.0",
  "@openai/codex": "0.171.0",
} as const;

/** What each is started by, after the path of Node. */
const STARTS = {
  claude: "@anthropic-ai/claude-code/cli-wrapper.cjs",
  copilot: "@github/copilot/npm-loader.js",
  gemini: "@google/gemini-cli/bundle/gemini.js",
  codex: "@openai/codex/bin/codex.js",
} as const;

export type Agents = Readonly<Record<keyof typeof STARTS, string>>;

const CACHE = join(import.meta.dirname, "..", ".vscode-test");
const HOME = join(CACHE, `agents-${Object.values(VERSIONS).join("-")}`);

/** The scripts that Node starts them by; installs them first where they are not there yet, which takes half a minute. */
export function installAgents(): Agents {
  if (!existsSync(HOME)) install();
  return Object.fromEntries(
    Object.entries(STARTS).map(([name, file]) => [name, join(HOME, "node_modules", file)]),
  ) as unknown as Agents; // with the keys of STARTS
}

/** In a folder of its own that gets its name at the end: an install that was interrupted is not taken for a whole one. */
function install(): void {
  const folder = join(CACHE, `installing-${process.pid}`);
  mkdirSync(folder, { recursive: true });
  try {
    console.error("Installing Claude Code, Copilot CLI, Gemini CLI and Codex from npm for the tests; once …");
    writeFileSync(join(folder, "package.json"), JSON.stringify({ private: true, dependencies: VERSIONS }));
    execFileSync("npm", ["install", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"], {
      cwd: folder,
      stdio: ["ignore", "ignore", "inherit"],
    });
    if (!existsSync(HOME)) renameSync(folder, HOME);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
