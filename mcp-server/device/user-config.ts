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
  /** Hours for which an unlocked vault may be read while its server can't be reached; 0 = never. */
  readonly offline_hours?: number;
  /** Hours of the day in which `ov audit` finds uses usual, such as "8-18", or "off". */
  readonly usual_hours?: string;
  /** The server that holds the vault; left out = this machine. Set by `ov login`, with the two below. */
  readonly server?: string;
  /** The identity of that server, as the person confirmed it: a server id, hex. */
  readonly server_id?: string;
  /** The account there. It stays after a logout, to be offered at the next login. */
  readonly account?: string;
}

/** What `ov config` sets. */
export const CONFIG_KEYS = [
  "app",
  "environment",
  "lock_after_minutes",
  "offline_hours",
  "usual_hours",
] as const satisfies readonly (keyof UserConfig)[];
export type ConfigKey = (typeof CONFIG_KEYS)[number];

/** What a login sets: a person confirms these by words and the master password, so no setting changes them. */
const LOGIN_KEYS = ["server", "server_id", "account"] as const satisfies readonly (keyof UserConfig)[];

export const DEFAULT_LOCK_MINUTES = 15;
export const DEFAULT_OFFLINE_HOURS = 24;
export const DEFAULT_USUAL_HOURS = "6-22";

/** undefined = every hour is usual. */
export function usualHours({
  usual_hours = DEFAULT_USUAL_HOURS,
}: UserConfig): { readonly from: number; readonly to: number } | undefined {
  const [from, to] = usual_hours.split("-").map(Number);
  return usual_hours === "off" ? undefined : { from: from!, to: to! }; // it was checked when it was read
}

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
    ...Object.entries(parsed).map(([key, value]) => loginSetting(key, value, path) ?? checkSetting(key, String(value))),
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
    case "offline_hours": {
      const hours = Number(text);
      if (!Number.isInteger(hours) || hours < 0 || hours > 720) {
        throw new VaultError("argument-invalid", "offline_hours is a whole number from 0 to 720.");
      }
      return { offline_hours: hours };
    }
    case "usual_hours": {
      const hours = /^(\d|1\d|2[0-3])-(\d|1\d|2[0-4])$/.exec(text);
      if (text !== "off" && hours === null) {
        throw new VaultError("argument-invalid", 'usual_hours is such as 8-18 or 22-6, in local time, or "off".');
      }
      return { usual_hours: text };
    }
  }
}

function loginSetting(key: string, value: unknown, path: string): UserConfig | undefined {
  const known = LOGIN_KEYS.find((candidate) => candidate === key);
  if (known === undefined) return undefined;
  if (typeof value === "string" && LOGIN_FORM[known].test(value)) return { [known]: value };
  throw new VaultError("argument-invalid", `${known} in ${path} is not as "ov login" writes it. Log in again.`);
}

const LOGIN_FORM = {
  server: /^https?:\/\/[\x21-\x7e]{1,500}$/,
  server_id: /^[0-9a-f]{64}$/,
  account: /^[0-9a-f]{32}$/,
} as const satisfies Record<(typeof LOGIN_KEYS)[number], RegExp>;

export function requireKey(key: string): ConfigKey {
  const known = CONFIG_KEYS.find((candidate) => candidate === key);
  if (LOGIN_KEYS.some((login) => login === key)) {
    throw new VaultError("argument-invalid", `${key} is set by "ov login" and "ov logout" only.`);
  }
  if (known === undefined) {
    throw new VaultError(
      "argument-invalid",
      `${JSON.stringify(key)} is no setting. The settings are: ${CONFIG_KEYS.join(", ")}.`,
    );
  }
  return known;
}
