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

/** An entry, and the keys that lead to it; a number is a place in a list, which may be the one behind its end. */
export interface Placed {
  readonly path: readonly (string | number)[];
  readonly entry: Readonly<Record<string, unknown>>;
}

export function planChange(client: Client, file: string, entry: Readonly<Record<string, unknown>>): Change {
  const { target, before, text } = readConfig(file);
  const existing = client.format === "json" ? parseJson(text, file) : parseToml(text, file);
  const path = client.path(existing);
  const old = lookUp(existing, path, file);
  const after =
    client.format === "json" ? setInJson(text, path, entry) : setInToml(text, [path[0]!, path[1]!], entry, file);
  const kind = kindOf(old, entry);
  return { file: target, kind, shown: shownChange(client.format, { path, entry }, old, kind), before, after };
}

/** The same for several entries of one JSON file. */
export function planJson(file: string, place: (existing: unknown) => readonly Placed[]): Change {
  const { target, before, text } = readConfig(file);
  const existing = parseJson(text, file);
  const planned = place(existing).map((placed) => {
    const old = before === undefined ? undefined : lookUp(existing, placed.path, file);
    return { placed, old, kind: kindOf(old, placed.entry) };
  });
  const changed = planned.filter(({ kind }) => kind !== "same");
  return {
    file: target,
    kind: changed.length === 0 ? "same" : changed.every(({ kind }) => kind === "new") ? "new" : "replaced",
    shown: changed.flatMap(({ placed, old, kind }) => shownChange("json", placed, old, kind)),
    before,
    after: changed.reduce((kept, { placed }) => setInJson(kept, placed.path, placed.entry), text),
  };
}

function readConfig(file: string) {
  const target = existsSync(file) ? realpathSync(file) : file;
  const before = existsSync(target) ? readFileSync(target, "utf8") : undefined;
  return { target, before, text: before ?? "" };
}

function kindOf(old: unknown, entry: Placed["entry"]): Change["kind"] {
  if (old === undefined) return "new";
  return isDeepStrictEqual(JSON.parse(JSON.stringify(old)), entry) ? "same" : "replaced";
}

function shownChange(format: Client["format"], { path, entry }: Placed, old: unknown, kind: Change["kind"]): string[] {
  const removed = kind === "replaced" ? showEntry(format, path, old).map((line) => `- ${line}`) : [];
  return [...removed, ...showEntry(format, path, entry).map((line) => `+ ${line}`)];
}

/** The entry as it stands in the client's file. */
export function showEntry(format: Client["format"], path: Placed["path"], entry: unknown): string[] {
  const whole = path.reduceRight<unknown>(
    (inner, key) => (typeof key === "number" ? [inner] : { [key]: inner }),
    entry,
  ) as Record<string, unknown>;
  const text = format === "json" ? JSON.stringify(whole, null, 2) : toToml(whole);
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

function lookUp(value: unknown, path: Placed["path"], file: string): unknown {
  let at = value;
  for (const key of path) {
    if (at === undefined) return undefined;
    if (typeof at !== "object" || at === null || Array.isArray(at) !== (typeof key === "number")) {
      throw new VaultError(
        "client-config-invalid",
        `${file} has something other than ${typeof key === "number" ? "a list" : "an object"} on the way to ${path.join(".")}. Correct it first.`,
      );
    }
    at = (at as Record<string | number, unknown>)[key];
  }
  return at;
}
