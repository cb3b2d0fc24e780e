import { readFileSync } from "node:fs";
import { requireContextName } from "#core/vault/context.ts";
import { VaultError } from "#core/vault-error.ts";
import { writePrivateFile } from "./private-file.ts";

/** The person's own settings. Absent means the default, so a file is only there once something was chosen. */
export interface UserConfig {
  /** The context where neither an argument nor a project file names one. */
  readonly app?: string;
  readonly environment?: string;
  /** Minutes without a use after which an unlocked vault locks. */
  readonly lock_after_minutes?: number;
}

export const CONFIG_KEYS = [
  "app",
  "environment",
  "lock_after_minutes",
] as const satisfies readonly (keyof UserConfig)[];
export type ConfigKey = (typeof CONFIG_KEYS)[number];

export const DEFAULT_LOCK_MINUTES = 15;

export function readUserConfig(path: string): UserConfig {
  let text: string;
  try {
    text = readFileSync(path, "utf8");
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === "ENOENT") return {};
    throw new VaultError("argument-invalid", `${path} can't be read. Check its permissions.`, { cause });
  }
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch {
    throw new VaultError(
      "argument-invalid",
      `${path} is not JSON. Correct it, or delete it to go back to the defaults.`,
    );
  }
  if (typeof parsed !== "object" || parsed === null || Array.isArray(parsed)) {
    throw new VaultError("argument-invalid", `${path} has to hold one JSON object. Correct it, or delete it.`);
  }
  // Each entry goes the way of one that is typed, so that the file can't say more than the command.
  return Object.assign(
    {},
    ...Object.entries(parsed).map(([key, value]) => checkSetting(key, String(value))),
  ) as UserConfig; // settings each
}

export function writeUserConfig(path: string, config: UserConfig): void {
  writePrivateFile(path, `${JSON.stringify(config, null, 2)}\n`);
}

/** One setting from its text, checked. */
export function checkSetting(key: string, text: string): UserConfig {
  switch (requireKey(key)) {
    case "app":
      return { app: requireContextName(text) };
    case "environment":
      return { environment: requireContextName(text) };
    case "lock_after_minutes": {
      const minutes = Number(text);
      if (!Number.isInteger(minutes) || minutes < 1 || minutes > 1440) {
        throw new VaultError("argument-invalid", "lock_after_minutes is a whole number from 1 to 1440.");
      }
      return { lock_after_minutes: minutes };
    }
  }
}

export function requireKey(key: string): ConfigKey {
  const known = CONFIG_KEYS.find((candidate) => candidate === key);
  if (known === undefined) {
    throw new VaultError(
      "argument-invalid",
      `${JSON.stringify(key)} is no setting. The settings are: ${CONFIG_KEYS.join(", ")}.`,
    );
  }
  return known;
}
