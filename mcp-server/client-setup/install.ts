import { constants, copyFileSync, existsSync, mkdirSync, readFileSync, realpathSync, statSync } from "node:fs";
import { dirname } from "node:path";
import { isDeepStrictEqual } from "node:util";
import { stringify as toToml } from "smol-toml";
import { VaultError } from "#core/vault-error.ts";
import { writeBeside } from "#mcp/device/private-file.ts";
import type { Client } from "./clients.ts";
import { parseJson, setInJson } from "./edit-json.ts";
import { parseToml, setInToml } from "./edit-toml.ts";

/** A change of one entry of a client's configuration. Nothing is written before `writeChange`. */
export interface Change {
  readonly file: string;
  readonly kind: "same" | "new" | "replaced";
  /** The old and new entry as the client writes them. Never other lines of the file: those may hold keys. */
  readonly shown: readonly string[];
  readonly before: string | undefined;
  readonly after: string;
}

export function planChange(client: Client, file: string, entry: Readonly<Record<string, unknown>>): Change {
  const target = existsSync(file) ? realpathSync(file) : file;
  const before = existsSync(target) ? readFileSync(target, "utf8") : undefined;
  const text = before ?? "";
  const existing = client.format === "json" ? parseJson(text, file) : parseToml(text, file);
  const path = client.path(existing);
  const old = lookUp(existing, path, file);
  const after =
    client.format === "json" ? setInJson(text, path, entry) : setInToml(text, [path[0]!, path[1]!], entry, file);
  const kind =
    old === undefined ? "new" : isDeepStrictEqual(JSON.parse(JSON.stringify(old)), entry) ? "same" : "replaced";
  const removed = kind === "replaced" ? showEntry(client, path, old).map((line) => `- ${line}`) : [];
  const added = showEntry(client, path, entry).map((line) => `+ ${line}`);
  return { file: target, kind, shown: [...removed, ...added], before, after };
}

/** The entry as it stands in the client's file. */
export function showEntry(client: Client, path: readonly string[], entry: unknown): string[] {
  const whole = path.reduceRight<unknown>((inner, key) => ({ [key]: inner }), entry) as Record<string, unknown>;
  const text = client.format === "json" ? JSON.stringify(whole, null, 2) : toToml(whole);
  return text.trimEnd().split("\n");
}

/** Writes in one step, after a copy of the old file was put beside it. Returns the copy's path. */
export function writeChange(change: Change): string | undefined {
  const { file, before, after } = change;
  mkdirSync(dirname(file), { recursive: true });
  // The client may have written since the person looked: Claude Code keeps its own state in the same file.
  const now = existsSync(file) ? readFileSync(file, "utf8") : undefined;
  if (now !== before) {
    throw new VaultError(
      "vault-conflict",
      `${file} was changed by another program meanwhile. Run the same command again.`,
    );
  }
  if (before === undefined) {
    writeBeside(file, after, 0o600);
    return undefined;
  }
  const backup = `${file}.${new Date().toISOString().replace(/[-:.]/g, "")}.bak`;
  copyFileSync(file, backup, constants.COPYFILE_EXCL);
  writeBeside(file, after, statSync(file).mode & 0o777);
  return backup;
}

function lookUp(value: unknown, path: readonly string[], file: string): unknown {
  let at = value;
  for (const key of path) {
    if (at === undefined) return undefined;
    if (typeof at !== "object" || at === null || Array.isArray(at)) {
      throw new VaultError(
        "client-config-invalid",
        `${file} has something other than an object on the way to ${path.join(".")}. Correct it first.`,
      );
    }
    at = (at as Record<string, unknown>)[key];
  }
  return at;
}
