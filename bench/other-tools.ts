import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
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

/** varlock's own redactor, as `varlock run` applies it to each chunk that a command prints. */
export async function varlockRedactor(values: Readonly<Record<string, string>>): Promise<(text: string) => string> {
  const script = otherTool("varlock");
  const module = join(script.slice(0, script.lastIndexOf("varlock")), "varlock", "dist", "runtime", "env.mjs");
  const { resetRedactionMap, redactSensitiveConfig } = (await import(pathToFileURL(module).href)) as VarlockRuntime; // its public types
  const config = Object.entries(values).map(([name, value]) => [name, { isSensitive: true, value }] as const);
  resetRedactionMap({ config: Object.fromEntries(config) });
  return redactSensitiveConfig;
}

interface VarlockRuntime {
  resetRedactionMap(graph: { config: Readonly<Record<string, { isSensitive: boolean; value: string }>> }): void;
  redactSensitiveConfig(text: string): string;
}

function packageOf(folder: string, tool: string): { version: string; bin: Record<string, string> } | undefined {
  const file = join(folder, "node_modules", tool, "package.json");
  if (!existsSync(file)) return undefined;
  return JSON.parse(readFileSync(file, "utf8")) as { version: string; bin: Record<string, string> }; // npm's own format
}
