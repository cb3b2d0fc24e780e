import { existsSync, lstatSync, readFileSync, readlinkSync, realpathSync } from "node:fs";
import { basename, dirname, join, resolve, sep } from "node:path";
import { stringify } from "yaml";
import type { Context, SecretName } from "#core/vault/context.ts";
import { VaultError } from "#core/vault-error.ts";
import { cursorRule, withRules } from "./rules.ts";

/** A file that `ov init` would write. Same text as before means that there is nothing to do. */
export interface PlannedFile {
  /** As it is shown: relative to the folder. */
  readonly name: string;
  readonly path: string;
  readonly before: string | undefined;
  readonly after: string;
}

export function planProjectFile(
  folder: string,
  context: Context,
  names: readonly SecretName[] | undefined,
): PlannedFile {
  const content = {
    app: context.app,
    environment: context.environment,
    ...(names === undefined ? {} : { secrets: names }),
  };
  const head = "# Which secrets OpaqueVault gives to this project. No values in here; safe to commit.\n";
  return plan(folder, ".ov.yaml", (before) => before ?? head + stringify(content));
}

/**
 * The rules go where this project's agents already look. Without any such file they go to AGENTS.md, which nearly all
 * of them read; a CLAUDE.md that imports AGENTS.md, or is a link to it, needs no second copy.
 */
export function planRules(folder: string): readonly PlannedFile[] {
  const present = RULE_FILES.filter((name) => existsSync(join(folder, name)));
  const places = new Map((present.length > 0 ? present : ["AGENTS.md"]).map((name) => [realPlace(folder, name), name]));
  const files = [...places.values()].map((name) => plan(folder, name, (before) => withRules(before ?? "")));
  const covered = files.some(({ name }) => name === "AGENTS.md");
  const needed = files.filter(
    ({ before }) => !(covered && before !== undefined && /^@(\.\/)?AGENTS\.md\s*$/m.test(before)),
  );
  return existsSync(join(folder, ".cursor")) ? [...needed, plan(folder, CURSOR_RULE, cursorRule)] : needed;
}

const RULE_FILES = ["AGENTS.md", "CLAUDE.md", ".claude/CLAUDE.md", "GEMINI.md", ".github/copilot-instructions.md"];
const CURSOR_RULE = ".cursor/rules/opaquevault.mdc";

function plan(folder: string, name: string, change: (before: string | undefined) => string): PlannedFile {
  const path = realPlace(folder, name);
  const before = existsSync(path) ? readFileSync(path, "utf8") : undefined;
  return { name, path, before, after: change(before) };
}

/**
 * A link is followed, so that writing doesn't replace it with a file of its own; but never out of the folder, since
 * the links of a repository are somebody else's choice of what we write to.
 */
function realPlace(folder: string, name: string): string {
  const root = realpathSync(folder);
  const path = join(root, name);
  const real = resolveExisting(path);
  if (real === path || real.startsWith(root + sep)) return real;
  throw new VaultError(
    "argument-invalid",
    `${name} is a link to a place outside of this folder. Remove the link, or use --no-rules.`,
  );
}

function resolveExisting(path: string): string {
  // A link to nothing exists for lstat only; it would lead a write to wherever it points.
  if (existsSync(path)) return realpathSync(path);
  if (lstatSync(path, { throwIfNoEntry: false }) !== undefined) return resolve(dirname(path), readlinkSync(path));
  return join(resolveExisting(dirname(path)), basename(path));
}
