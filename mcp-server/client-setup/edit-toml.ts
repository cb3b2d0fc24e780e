import { isDeepStrictEqual } from "node:util";
import { parse, stringify, TomlError } from "smol-toml";
import { VaultError } from "#core/vault-error.ts";

export function parseToml(text: string, file: string): Record<string, unknown> {
  try {
    return parse(text);
  } catch (error) {
    const place = error instanceof TomlError ? ` in line ${error.line}` : "";
    throw new VaultError(
      "client-config-invalid",
      `${file} is not valid TOML (the fault is${place || " unknown"}). Correct it, then run this again; nothing was changed.`,
    );
  }
}

/**
 * Sets the table `[a.b]`, and leaves every other line as it was: the library would write the file anew, without its
 * comments. What came out is parsed and compared with what was meant, so a layout that this can't edit is refused.
 */
export function setInToml(
  text: string,
  [table, name]: readonly [string, string],
  entry: Readonly<Record<string, unknown>>,
  file: string,
): string {
  const eol = text.includes("\r\n") ? "\r\n" : "\n";
  const kept = withoutTable(text.split(/\r?\n/), [table, name]);
  const section = stringify({ [table]: { [name]: entry } }).split("\n");
  // The library writes an empty header for the outer table where it holds nothing but tables.
  const lines = section.filter((line) => line !== `[${table}]`);
  const changed = `${[...kept, ...(kept.length > 0 ? [""] : []), ...lines].join(eol).trimEnd()}${eol}`;
  if (!isWhatWasMeant(text, changed, [table, name], entry, file)) {
    throw new VaultError(
      "client-config-invalid",
      `${file} has a layout that can't be changed without losing something. Add what "ov mcp install --client codex --print" prints by hand.`,
    );
  }
  return changed;
}

/** The lines without `[a.b]` and its own tables `[a.b.c]`; a header ends where the next one begins. */
function withoutTable(lines: readonly string[], [table, name]: readonly [string, string]): readonly string[] {
  const header = new RegExp(`^\\s*\\[\\s*${word(table)}\\s*\\.\\s*${word(name)}\\s*(\\.[^\\]]*)?\\]\\s*(#.*)?$`);
  let inside = false;
  const kept = lines.filter((line) => {
    if (/^\s*\[/.test(line)) inside = header.test(line);
    return !inside;
  });
  while (kept.at(-1)?.trim() === "") kept.pop();
  return kept;
}

function word(name: string): string {
  return `(?:${name}|"${name}"|'${name}')`;
}

function isWhatWasMeant(
  before: string,
  after: string,
  [table, name]: readonly [string, string],
  entry: unknown,
  file: string,
): boolean {
  const meant = parseToml(before, file);
  const outer = meant[table] ?? {};
  if (typeof outer !== "object" || Array.isArray(outer)) return false;
  meant[table] = { ...outer, [name]: entry };
  try {
    return isDeepStrictEqual(plain(parse(after)), plain(meant));
  } catch {
    return false;
  }
}

/** Dates and prototypes aside: the library makes objects without a prototype. */
function plain(value: unknown): unknown {
  return JSON.parse(JSON.stringify(value));
}
