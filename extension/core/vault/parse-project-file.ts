import { isMap, isScalar, isSeq, LineCounter, type Node, type Pair, parseDocument } from "yaml";
import { VaultError } from "../vault-error.ts";
import { asContextName, asSecretName, type ContextName, type SecretName } from "./context.ts";
import { type ProjectFile, projectFileHash } from "./project-file.ts";

/**
 * Refuses with `project-file-invalid`, which names the file and the line, and quotes nothing of it: a model reads that,
 * and the file may be none of the project's.
 */
export function parseProjectFile(path: string, text: string): ProjectFile {
  const lines = new LineCounter();
  // maxAliasCount stays at its default for parseDocument; aliases are refused below, so that nothing can expand.
  const document = parseDocument(text, {
    lineCounter: lines,
    strict: true,
    uniqueKeys: true,
    version: "1.2",
    schema: "core",
  });
  const fail = (problem: string, at?: number): VaultError => {
    const line = at === undefined ? "" : `:${lines.linePos(at).line}`;
    return new VaultError(
      "project-file-invalid",
      `${path}${line}: ${problem}. Correct the file, or remove it and name --app and --env.`,
    );
  };
  const [error] = document.errors;
  if (error !== undefined) throw fail(error.code.toLowerCase().replaceAll("_", " "), error.pos[0]);
  if (document.contents === null) throw fail("the file is empty");
  if (!isMap(document.contents)) throw fail("it must hold keys and values", document.contents.range?.[0]);

  const found: { -readonly [Key in "app" | "environment" | "secrets" | "commands"]?: ProjectFile[Key] } = {};
  for (const pair of document.contents.items) {
    const { name, value, at } = keyOf(pair, fail);
    switch (name) {
      case "app":
        found.app = contextName(value, at, fail);
        break;
      case "environment":
      case "env":
        if (found.environment !== undefined) throw fail('name the environment once, as "environment" or "env"', at);
        found.environment = contextName(value, at, fail);
        break;
      case "secrets":
        found.secrets = secretNames(value, at, fail);
        break;
      case "commands":
        found.commands = commandNames(value, at, fail);
        break;
      default:
        throw fail("unknown key; known are app, environment, secrets and commands", at);
    }
  }
  return { path, text, hash: projectFileHash(path, text), ...found };
}

type Fail = (problem: string, at?: number) => VaultError;

function keyOf(
  pair: Pair<unknown, unknown>,
  fail: Fail,
): { readonly name: string; readonly value: Node | null; readonly at: number } {
  if (!isScalar(pair.key) || typeof pair.key.value !== "string") throw fail("every key must be a word");
  return { name: pair.key.value, value: pair.value as Node | null, at: pair.key.range?.[0] ?? 0 };
}

function text(value: Node | null, at: number, fail: Fail): string {
  if (!isScalar(value) || typeof value.value !== "string" || value.anchor !== undefined)
    throw fail("a plain text is expected here", at);
  return value.value;
}

function contextName(value: Node | null, at: number, fail: Fail): ContextName {
  const name = asContextName(text(value, at, fail));
  if (name === undefined) throw fail('names have 1 to 64 letters, digits, ".", "_" or "-"', at);
  return name;
}

function secretNames(value: Node | null, at: number, fail: Fail): readonly SecretName[] {
  if (!isSeq(value)) throw fail("a list of names is expected here", at);
  return value.items.map((item) => {
    const node = item as Node | null;
    const name = asSecretName(text(node, node?.range?.[0] ?? at, fail));
    if (name === undefined) throw fail("that can't be the name of a secret", node?.range?.[0] ?? at);
    return name;
  });
}

function commandNames(value: Node | null, at: number, fail: Fail): ReadonlyMap<string, readonly SecretName[]> {
  if (!isMap(value)) throw fail("commands with lists of names are expected here", at);
  return new Map(
    value.items.map((pair) => {
      const { name, value: names, at: line } = keyOf(pair, fail);
      if (name.trim() === "") throw fail("a command can't be empty", line);
      return [name.trim(), secretNames(names, line, fail)];
    }),
  );
}
