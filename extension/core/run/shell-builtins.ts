import { DUMPS, READS_ENVIRONMENT, type RiskFound } from "./program-traits.ts";
import type { Word } from "./shell-reader.ts";

/** What a shell does by itself, without starting a program. */
export type BuiltinUse =
  | { readonly kind: "harmless" }
  | { readonly kind: "risk"; readonly risk: RiskFound }
  /** It runs this text. */
  | { readonly kind: "text"; readonly text: string }
  | { readonly kind: "assigns"; readonly names: readonly string[] };

/** undefined = not a built-in command that is known here, so it counts as a program. */
export function readBuiltin({ text: name, isLiteral }: Word, args: readonly Word[]): BuiltinUse | undefined {
  // "[" alone is no pattern.
  if (!isLiteral && name !== "[") return undefined;
  if (name !== "echo" && name !== ":" && args.some(({ text }) => SUBSCRIPT.test(text))) {
    return { kind: "risk", risk: COMPUTED };
  }
  if (HARMLESS.has(name)) return HARMLESSLY;
  switch (name) {
    case "cd":
    case "pushd":
    case "chdir":
      return args.some(({ text }) => /^\/proc(\/|$)/.test(text))
        ? { kind: "risk", risk: READS_ENVIRONMENT }
        : HARMLESSLY;
    case "jobs":
      return args.some(({ text }) => text === "-x") ? { kind: "risk", risk: COMPUTED } : HARMLESSLY;
    case "let":
      return { kind: "risk", risk: COMPUTED };
    case "command":
      return /^-[vV]$/.test(args[0]?.text ?? "") ? HARMLESSLY : undefined;
    case "set":
      return args.length === 0 || args.some(({ isLiteral: known, text }) => !known && text.startsWith("$"))
        ? { kind: "risk", risk: DUMPS }
        : HARMLESSLY;
    case "export":
    case "readonly":
    case "declare":
    case "typeset":
    case "local":
      return readDeclaration(args);
    case "read":
    case "unset":
    case "getopts":
      return { kind: "assigns", names: args.map(({ text }) => text).filter((text) => /^[A-Za-z_]\w*$/.test(text)) };
    case "eval":
      return args.every((arg) => arg.isLiteral)
        ? { kind: "text", text: args.map(({ text }) => text).join(" ") }
        : { kind: "risk", risk: COMPUTED };
    case "trap": {
      const [code] = args;
      if (code === undefined || /^(-|-[lp])$/.test(code.text)) return HARMLESSLY;
      return code.isLiteral ? { kind: "text", text: code.text } : { kind: "risk", risk: COMPUTED };
    }
    case ".":
    case "source":
      return { kind: "risk", risk: { trait: "shells", why: "runs a script in the shell itself" } };
    case "alias":
    case "hash":
    case "enable":
    case "complete":
    case "compgen":
    case "mapfile":
    case "readarray":
    case "fc":
    case "bind":
      return { kind: "risk", risk: { trait: "unclear", why: "changes what later names mean" } };
    default:
      return undefined;
  }
}

/** `export NAME=value` is harmless; without a name, or with -p, it prints every variable. */
function readDeclaration(args: readonly Word[]): BuiltinUse {
  const names = args.flatMap(({ text }) => /^([A-Za-z_]\w*)(?:\+?=|$)/.exec(text)?.[1] ?? []);
  const prints = names.length === 0 || args.some(({ text }) => /^-[a-zA-Z]*[pfF]/.test(text));
  if (prints) return { kind: "risk", risk: DUMPS };
  // -n and -i make a variable stand for another one, or for a sum that may run something.
  const isPlain = args.every(({ text }) => !text.startsWith("-") || /^-[aAgrx]+$/.test(text));
  return isPlain ? { kind: "assigns", names } : { kind: "risk", risk: COMPUTED };
}

const COMPUTED: RiskFound = { trait: "unclear", why: "runs a text that isn't known before" };

/** Bash runs what stands in the subscript of a name, also in a quoted one that a built-in command looks at. */
const SUBSCRIPT = /\w\[[^\]]*[$`]/;

const HARMLESSLY: BuiltinUse = { kind: "harmless" };

const HARMLESS = new Set(
  ": true false echo printf test [ popd dirs pwd exit return break continue shift wait kill fg bg umask ulimit times type".split(
    " ",
  ),
);
