import { readFile } from "node:fs/promises";
import { join } from "node:path";

export interface Suggestion {
  readonly label: string;
  /** What it does, in the project's own words; shown, and never run. */
  readonly detail: string;
  readonly command: readonly string[];
}

/** The scripts of a folder's package.json, for the package manager that the folder uses. */
export async function packageScripts(folder: string): Promise<readonly Suggestion[]> {
  const { scripts, packageManager } = asManifest(await textOf(join(folder, "package.json")));
  if (scripts.length === 0) return [];
  const manager = managerNamed(packageManager) ?? (await managerByLock(folder));
  return scripts.map(([name, detail]) => ({
    label: `${manager} run ${name}`,
    detail,
    command: [manager, "run", name],
  }));
}

/** Each leaves a file of its own in the folder. */
const LOCKS = {
  "pnpm-lock.yaml": "pnpm",
  "yarn.lock": "yarn",
  "bun.lock": "bun",
  "bun.lockb": "bun",
  "package-lock.json": "npm",
} as const;

function managerNamed(packageManager: string): string | undefined {
  return Object.values(LOCKS).find((manager) => packageManager.startsWith(`${manager}@`));
}

async function managerByLock(folder: string): Promise<string> {
  for (const [lock, manager] of Object.entries(LOCKS)) {
    if ((await textOf(join(folder, lock))) !== undefined) return manager;
  }
  return "npm";
}

function asManifest(text: string | undefined): {
  readonly scripts: readonly (readonly [string, string])[];
  readonly packageManager: string;
} {
  const { scripts, packageManager } = asObject(parsed(text ?? "{}"));
  return {
    // A name that begins with a dash would be an option.
    scripts: Object.entries(asObject(scripts)).flatMap(([name, line]) =>
      typeof line === "string" && !name.startsWith("-") ? [[name, line] as const] : [],
    ),
    packageManager: typeof packageManager === "string" ? packageManager : "",
  };
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return {}; // somebody is editing it
  }
}

function asObject(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null ? (value as Record<string, unknown>) : {};
}

/** undefined = there is none, or it can't be read. */
export function textOf(path: string): Promise<string | undefined> {
  return readFile(path, "utf8").catch(() => undefined);
}
