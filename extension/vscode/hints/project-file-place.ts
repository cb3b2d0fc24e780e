/** What a place in a `.ov.yaml` is for, and the word that stands there: its first character and behind its last one. */
export interface ProjectFilePlace {
  readonly kind: "key" | "app" | "environment" | "secret";
  readonly word: string;
  readonly start: number;
  readonly end: number;
}

export const PROJECT_FILE_KEYS = ["app", "environment", "secrets", "commands"] as const;

/** Goes by lines and not by a parser, since a file that is being typed is seldom valid. Lines and characters from 0. */
export function projectFilePlace(text: string, line: number, character: number): ProjectFilePlace | undefined {
  const lines = text.split(/\r?\n/);
  const at = lines[line] ?? "";
  const before = at.slice(0, character);
  if (/(?:^|\s)#/.test(before)) return undefined;
  const place = (kind: ProjectFilePlace["kind"], letters: RegExp): ProjectFilePlace => {
    let start = character;
    let end = character;
    while (start > 0 && letters.test(at[start - 1]!)) start--;
    while (end < at.length && letters.test(at[end]!)) end++;
    return { kind, word: at.slice(start, end), start, end };
  };
  if (/^[A-Za-z]*$/.test(before)) return place("key", /[A-Za-z]/);
  const key = topKey(lines, line);
  const value = /^[a-z]+:\s+["']?[^"'\s]*$/.test(before);
  if (key === "app" && value) return place("app", /[A-Za-z0-9._-]/);
  if ((key === "environment" || key === "env") && value) return place("environment", /[A-Za-z0-9._-]/);
  const isItem = /^\s*-\s+["']?\w*$/.test(before) || /\[[^\]]*$/.test(flow(lines, line, before));
  return (key === "secrets" || key === "commands") && isItem ? place("secret", /\w/) : undefined;
}

/** App and environment as the file names them. */
export function namedContext(text: string): { readonly app?: string; readonly environment?: string } {
  const app = /^app:[ \t]+["']?([^"'#\s]+)/m.exec(text)?.[1];
  const environment = /^env(?:ironment)?:[ \t]+["']?([^"'#\s]+)/m.exec(text)?.[1];
  return { ...(app === undefined ? {} : { app }), ...(environment === undefined ? {} : { environment }) };
}

/** Keys that stand at the left already, `env` as the `environment` that it is. */
export function usedKeys(text: string): readonly string[] {
  return [...text.matchAll(/^([a-z]+):/gm)].map(([, key]) => (key === "env" ? "environment" : key!));
}

function topKey(lines: readonly string[], line: number): string | undefined {
  for (let at = line; at >= 0; at--) {
    const key = /^([A-Za-z]+):/.exec(lines[at] ?? "");
    if (key !== null) return key[1];
  }
  return undefined;
}

/** A list in brackets may go over several lines. */
function flow(lines: readonly string[], line: number, before: string): string {
  return [...lines.slice(Math.max(0, line - 20), line), before].join("\n");
}
