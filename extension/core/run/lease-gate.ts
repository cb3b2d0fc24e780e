import { type Context, formatContext, type SecretName } from "../vault/context.ts";
import { readSettings } from "../vault/environment-settings.ts";
import { secretMetas } from "../vault/secret-list.ts";
import type { Session } from "../vault/session.ts";
import { VaultError } from "../vault-error.ts";
import { describeCommand } from "./command.ts";
import { type ProgramUse, readCommand } from "./command-reading.ts";
import { defaultPolicy, reachableHosts } from "./policy.ts";
import { decodePolicy } from "./policy-format.ts";
import { type Finding, ruleOn } from "./policy-ruling.ts";
import type { RiskFound } from "./program-traits.ts";
import type { ApprovalRequest, Confinement, LeaseRequest, PolicyInfo } from "./vault-access.ts";
import { visible } from "./visible-text.ts";

/** What comes of a request for a lease before anybody is asked, and before a value is decrypted. */
export type Gate =
  | {
      readonly kind: "open";
      readonly names: readonly SecretName[];
      /** What a person is shown beside the command. */
      readonly shown: Pick<ApprovalRequest, "everyTime" | "placeholders">;
      readonly confinement?: Confinement;
    }
  | { readonly kind: "denied"; readonly names: readonly SecretName[]; readonly error: VaultError }
  /** A decoy was asked for by its name. */
  | { readonly kind: "canary"; readonly names: readonly SecretName[] };

/**
 * Which names a request gets, and what the policy says of its command. "All of the context" leaves decoys out, so that
 * whoever names one did not come by it in the usual way.
 */
export async function gateLease(session: Session, asked: LeaseRequest): Promise<Gate> {
  const { context } = asked;
  const metas = await secretMetas(session, context, asked.names);
  const canaries = metas.filter((meta) => meta.canary).map((meta) => meta.name);
  if (asked.names !== undefined && canaries.length > 0) return { kind: "canary", names: canaries };
  const found = metas.filter((meta) => !meta.canary);
  if (found.length === 0) {
    throw new VaultError(
      "secret-not-found",
      `${formatContext(context)} holds no secrets yet. Add one with "ov secret create".`,
    );
  }
  const { policy } = await readPolicy(session, context);
  const ruling = ruleOn(policy, usesOf(asked));
  const refused = (message: string): Gate => ({
    kind: "denied",
    names: found.map(({ name }) => name),
    error: new VaultError("denied-by-policy", message),
  });
  const denied = (message: string): Gate => refused(`The policy of ${formatContext(context)} ${message}`);
  if (ruling.verdict === "deny") return denied(`denies this: ${reasonOf(ruling.findings[0]!)}. ${EXPLAIN}`);

  const kept = found.filter(({ name }) => ruling.names?.includes(name) ?? true);
  const lost = found.find((meta) => !kept.includes(meta));
  if (lost !== undefined && (asked.names !== undefined || kept.length === 0)) {
    return denied(`keeps ${lost.name} from this program. Ask only for what it may have. ${EXPLAIN}`);
  }
  const hosts = reachableHosts(policy, [...new Set(kept.flatMap((meta) => meta.allowedHosts))]);
  if (hosts !== undefined && asked.canConfine !== true) {
    return denied(`wants a sandbox, and what asks here can't put its command into one. Use vault_run. ${EXPLAIN}`);
  }
  const placeholders = kept.filter((meta) => meta.placeholder !== undefined);
  const [standIn] = placeholders;
  if (standIn !== undefined && asked.canStandIn !== true) {
    return refused(`${standIn.name} is given as a placeholder only, and what asks here can't do that. ${UPDATE}`);
  }
  return {
    kind: "open",
    names: kept.map(({ name }) => name),
    shown: {
      ...(ruling.verdict === "ask" ? { everyTime: warningsOf(ruling.findings) } : {}),
      ...(standIn === undefined
        ? {}
        : { placeholders: placeholders.map(({ name, allowedHosts }) => ({ name, allowedHosts })) }),
    },
    ...(hosts === undefined ? {} : { confinement: { hosts } }),
  };
}

export async function readPolicy(session: Session, context: Context): Promise<PolicyInfo> {
  const stored = await readSettings(session, context);
  if (stored === undefined) return { policy: defaultPolicy(context), isDefault: true };
  return { policy: decodePolicy(stored), isDefault: false };
}

/** One rule as a person reads it: `"printenv" prints the environment (env-dumps: ask, preset careful)`. */
export function reasonOf({ program, why, rule, verdict, from }: Finding): string {
  const shown = visible(program.length > MAX_SHOWN ? `${program.slice(0, MAX_SHOWN)}…` : program);
  return `${program === "" ? "" : `${JSON.stringify(shown)} `}${why} (${rule}: ${verdict}, ${from})`;
}

const MAX_SHOWN = 60;
const MAX_WARNINGS = 6;
const UPDATE = 'Use vault_run or "ov run", of one version of OpaqueVault everywhere.';
const EXPLAIN = 'A person sees why with "ov policy explain -- command", and can change it with "ov policy set".';

/** What is judged has to be what the person is shown, or an approval of one command would let another one run. */
function usesOf({ action, command, cwd, runs }: LeaseRequest): readonly ProgramUse[] {
  if (runs === undefined) return [UNTOLD];
  const line = describeCommand(runs.command);
  if (command !== line && !(command.startsWith('stdin "') && command.endsWith(` | ${line}`))) {
    throw new VaultError("argument-invalid", "The command that is shown is not the one that runs. Report this.");
  }
  const uses = readCommand(runs.command, { cwd, searchPath: runs.searchPath });
  return action === "shell" ? uses.map(asTerminal) : uses;
}

/** A shell whose input is a terminal, on which anything can be typed. */
function asTerminal(use: ProgramUse): ProgramUse {
  return { ...use, risks: [...use.risks.filter(({ trait }) => trait !== "inline-code"), TERMINAL] };
}

const TERMINAL: RiskFound = { trait: "terminals", why: "is an interactive shell" };

const UNTOLD: ProgramUse = {
  word: "",
  names: [],
  risks: [{ trait: "unclear", why: "what runs was not told" }],
  isOwnProgram: false,
};

/** Not what a preset says of every command: the person sees the command itself. */
function warningsOf(findings: readonly Finding[]): NonNullable<ApprovalRequest["everyTime"]> {
  const told = findings.filter(({ verdict, rule, from }) => {
    return verdict === "ask" && (from === "set" || !/^(programs|shells|production)$/.test(rule));
  });
  const byText = new Map(told.map((finding) => [reasonOf(finding), finding]));
  const kept = [...byText].slice(0, MAX_WARNINGS);
  return {
    warnings: kept.map(([text]) => text),
    ...(kept.length === 0 ? {} : { rules: kept.map(([, { program, rule }]) => ({ program, rule })) }),
  };
}
