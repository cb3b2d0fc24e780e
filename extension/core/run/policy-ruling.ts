import { realpathSync } from "node:fs";
import { basename, isAbsolute } from "node:path";
import type { SecretName } from "../vault/context.ts";
import type { ProgramUse } from "./command-reading.ts";
import { type AllowRule, type DenyRule, type Policy, VERDICTS, type Verdict, verdictOn } from "./policy.ts";
import { type ProgramFile, programHash } from "./program-path.ts";

/** One rule that applies to a command. */
export interface Finding {
  readonly verdict: Verdict;
  /** Such as "env-dumps" or "deny curl". */
  readonly rule: string;
  /** Who made the rule: "set" by the owner, or a preset. */
  readonly from: string;
  /** As it stands in the command. */
  readonly program: string;
  /** Completes "it …". */
  readonly why: string;
}

/** What a policy says of a command. */
export interface Ruling {
  readonly verdict: Verdict;
  /** Every rule that applies, the strictest first. */
  readonly findings: readonly Finding[];
  /** The only secrets that its programs may have; undefined = any. */
  readonly names?: readonly SecretName[];
}

/** The strictest rule decides: deny beats ask, ask beats allow, and an allowed program may still dump its environment. */
export function ruleOn(policy: Policy, uses: readonly ProgramUse[]): Ruling {
  const findings: Finding[] = [];
  let names: readonly SecretName[] | undefined;
  const hash = hashesOf();
  for (const use of uses) {
    for (const rule of policy.deny) if (denies(rule, use, hash)) findings.push(deniedBy(rule, use));
    for (const { trait, why } of use.risks) {
      findings.push({ ...verdictOn(policy, trait), rule: trait, program: use.word, why });
    }
    const rules = policy.allow.filter((rule) => use.file !== undefined && isFile(rule.program, use.file));
    for (const rule of rules) findings.push(allowedBy(rule, use, hash));
    if (rules.length === 0 && use.isOwnProgram) {
      findings.push({ ...verdictOn(policy, "programs"), rule: "programs", program: use.word, why: NO_RULE });
    }
    names = both(names, namesOf(rules));
  }
  if (policy.preset === "production") findings.push(EVERY_USE);
  findings.sort((a, b) => VERDICTS.indexOf(b.verdict) - VERDICTS.indexOf(a.verdict));
  return { verdict: findings[0]?.verdict ?? "allow", findings, ...(names === undefined ? {} : { names }) };
}

const NO_RULE = "is named by no rule";

const EVERY_USE: Finding = {
  verdict: "ask",
  rule: "production",
  from: "preset production",
  program: "",
  why: "every use is asked about",
};

type HashOf = (file: ProgramFile) => string | undefined;

/** Each file is read once, and only if a rule names a hash. */
function hashesOf(): HashOf {
  const known = new Map<string, string | undefined>();
  return (file) => {
    if (!known.has(file.realPath)) known.set(file.realPath, programHash(file));
    return known.get(file.realPath);
  };
}

/**
 * With a hash, that file under whatever name; else a path, or a name wherever its file lies. A name also where it stands
 * in code that a program runs: what that code does can't be told.
 */
function denies({ program, sha256 }: DenyRule, { names, mentions, file }: ProgramUse, hash: HashOf): boolean {
  if (sha256 !== undefined) return file !== undefined && hash(file) === sha256;
  if (!isAbsolute(program)) {
    const name = program.toLowerCase();
    return names.includes(name) || (mentions?.includes(name) ?? false);
  }
  return file !== undefined && (file.path === program || file.realPath === (realPath(program) ?? program));
}

function deniedBy({ program, sha256 }: DenyRule, { word }: ProgramUse): Finding {
  const why = sha256 === undefined ? "is denied" : "is a file that is denied by its hash";
  return { verdict: "deny", rule: `deny ${program}`, from: "set", program: word, why };
}

function allowedBy({ program, sha256 }: AllowRule, { word, file }: ProgramUse, hash: HashOf): Finding {
  const rule = { rule: `allow ${program}`, from: "set", program: word };
  if (sha256 === undefined || (file !== undefined && hash(file) === sha256)) {
    return { ...rule, verdict: "allow", why: "is allowed" };
  }
  return { ...rule, verdict: "deny", why: "is not the file any more that was allowed" };
}

/** The name has to be the same too: a file that is many programs (BusyBox) stands behind all of theirs. */
function isFile(path: string, file: ProgramFile): boolean {
  return file.path === path || (basename(file.path) === basename(path) && file.realPath === realPath(path));
}

function realPath(path: string): string | undefined {
  try {
    return realpathSync.native(path);
  } catch {
    return undefined;
  }
}

/** Of several rules for one program each adds names; a rule without names allows any. */
function namesOf(rules: readonly AllowRule[]): readonly SecretName[] | undefined {
  if (rules.length === 0 || rules.some(({ names }) => names === undefined)) return undefined;
  return [...new Set(rules.flatMap(({ names }) => names ?? []))];
}

/** All programs of a command share one environment, so it holds only what each of them may have. */
function both(
  a: readonly SecretName[] | undefined,
  b: readonly SecretName[] | undefined,
): readonly SecretName[] | undefined {
  if (a === undefined || b === undefined) return a ?? b;
  return a.filter((name) => b.includes(name));
}
