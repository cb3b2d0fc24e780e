import type { RiskFound } from "./program-traits.ts";
import type { Word } from "./shell-reader.ts";

/** What a shell's arguments make of it. */
export type ShellStart =
  | { readonly kind: "script" }
  | { readonly kind: "text"; readonly text: string }
  | { readonly kind: "risk"; readonly risk: RiskFound };

export function shellOptions(names: readonly string[], args: readonly Word[]): ShellStart {
  if (!names.some((name) => POSIX_SHELLS.has(name))) return otherShell(names, args);
  const flags: string[] = [];
  let at = 0;
  for (; at < args.length; at++) {
    const { text, isLiteral } = args[at]!;
    if (!isLiteral || /^--(rcfile|init-file)/.test(text)) return risk(UNKNOWN);
    if (text === "-" || text === "--") {
      at++;
      break;
    }
    if (!/^[-+]/.test(text)) break;
    flags.push(text.startsWith("--") ? "" : text);
    if (/^[-+][a-zA-Z]*[oO]$/.test(text)) at++;
  }
  const [text] = args.slice(at);
  if (flags.some((flag) => flag.includes("i"))) return risk(TERMINAL);
  if (flags.some((flag) => flag.includes("c"))) {
    return text?.isLiteral ? { kind: "text", text: text.text } : risk(UNKNOWN);
  }
  if (text === undefined || flags.some((flag) => flag.includes("s"))) return risk(FROM_INPUT);
  return { kind: "script" };
}

/** fish, PowerShell, cmd and the like have languages of their own, which aren't read. */
function otherShell(names: readonly string[], args: readonly Word[]): ShellStart {
  const [first, second] = args;
  if (first === undefined) return risk(TERMINAL);
  if (/^-(f|file)$/i.test(first.text) && second !== undefined) return { kind: "script" };
  if (first.text === "-i") return risk(TERMINAL);
  const isOption = /^-/.test(first.text) || (names.includes("cmd") && first.text.startsWith("/"));
  return isOption || !first.isLiteral ? risk(NOT_READ) : { kind: "script" };
}

function risk(found: RiskFound): ShellStart {
  return { kind: "risk", risk: found };
}

const UNKNOWN: RiskFound = { trait: "unclear", why: "has options that aren't known before it runs" };
const NOT_READ: RiskFound = { trait: "inline-code", why: "runs code from its arguments that isn't read here" };
const FROM_INPUT: RiskFound = { trait: "inline-code", why: "runs code from its input" };
const TERMINAL: RiskFound = { trait: "terminals", why: "is an interactive shell" };

const POSIX_SHELLS = new Set("sh bash dash ash zsh ksh mksh pdksh oksh yash posh rbash".split(" "));
