import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { cacheFolder } from "./bundled-ov.ts";

/** What `ov run` is measured against. Installed for a bench only: nothing of OpaqueVault needs them. */
const VERSIONS = { "@dotenvx/dotenvx": "2.38.2", varlock: "1.20.0" } as const;

export type OtherTool = keyof typeof VERSIONS;

/** The script of a tool, to be started by Node itself as we are: without npx, and without a shell's shim. */
export function otherTool(tool: OtherTool): string {
  const folder = join(cacheFolder(), "others");
  if (!Object.entries(VERSIONS).every(([name, version]) => packageOf(folder, name)?.version === version)) {
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, "package.json"), '{ "private": true }\n');
    const packages = Object.entries(VERSIONS).map(([name, version]) => `${name}@${version}`);
    const flags = ["--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"];
    execFileSync("npm", ["install", ...flags, ...packages], { cwd: folder, stdio: ["ignore", "ignore", "inherit"] });
  }
  const script = packageOf(folder, tool)?.bin[tool.split("/").at(-1)!];
  if (script === undefined) throw new Error(`${tool} could not be installed.`);
  return join(folder, "node_modules", tool, script);
}

function packageOf(folder: string, tool: string): { version: string; bin: Record<string, string> } | undefined {
  const file = join(folder, "node_modules", tool, "package.json");
  if (!existsSync(file)) return undefined;
  return JSON.parse(readFileSync(file, "utf8")) as { version: string; bin: Record<string, string> }; // npm's own format
}
