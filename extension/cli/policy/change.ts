import { readFileSync, statSync } from "node:fs";
import { basename, isAbsolute, resolve } from "node:path";
import {
  type AllowRule,
  type DenyRule,
  defaultPolicy,
  type NetworkRule,
  type Policy,
  type Preset,
  type SandboxRule,
  TRAITS,
  type Trait,
  type Verdict,
} from "#core/run/policy.ts";
import { asPolicy, parsePolicyFile } from "#core/run/policy-format.ts";
import { programFile, programHash } from "#core/run/program-path.ts";
import { type Context, requireSecretName } from "#core/vault/context.ts";
import { VaultError } from "#core/vault-error.ts";

export type ChangeOptions = {
  readonly preset?: Preset;
  readonly allow?: readonly string[];
  readonly deny?: readonly string[];
  readonly pin?: true;
  readonly remove?: readonly string[];
  readonly network?: string;
  readonly sandbox?: SandboxRule | "default";
  readonly from?: string;
  readonly reset?: true;
} & { readonly [T in Trait as Camel<T>]?: Verdict | "default" };

/** commander's spelling of `--inline-code`. */
type Camel<T extends string> = T extends `${infer Head}-${infer Tail}` ? `${Head}${Capitalize<Camel<Tail>>}` : T;

/** Where programs are looked for: this process's own folder and PATH. */
export interface Here {
  readonly cwd: string;
  readonly path: string | undefined;
}

/** The policy as the options want it. A new preset drops what was set beside it, but keeps the rules for programs. */
export function changePolicy(context: Context, before: Policy, options: ChangeOptions, here: Here): Policy {
  let policy = before;
  if (options.from !== undefined) policy = readPolicyFile(resolve(here.cwd, options.from));
  if (options.reset) policy = defaultPolicy(context);
  if (options.preset !== undefined) {
    policy = { preset: options.preset, verdicts: {}, allow: policy.allow, deny: policy.deny };
  }
  for (const trait of TRAITS) policy = withVerdict(policy, trait, options[camel(trait)]);
  for (const text of options.remove ?? []) policy = withoutRules(policy, text, here);
  for (const text of options.allow ?? []) policy = withAllowed(policy, text, options.pin === true, here);
  for (const text of options.deny ?? []) policy = withDenied(policy, text, options.pin === true, here);
  if (options.network !== undefined) policy = withNetwork(policy, options.network);
  if (options.sandbox !== undefined) policy = withSandbox(policy, options.sandbox);
  return policy;
}

function readPolicyFile(path: string): Policy {
  let text: string;
  try {
    if (statSync(path).size > MAX_FILE) throw new VaultError("argument-invalid", `${path} is too large for a policy.`);
    text = readFileSync(path, "utf8");
  } catch (error) {
    if (error instanceof VaultError) throw error;
    throw new VaultError("file-not-found", `${path} can't be read. Name a file that "ov policy show --json" wrote.`);
  }
  return parsePolicyFile(text);
}

const MAX_FILE = 1_048_576;

function withVerdict(policy: Policy, trait: Trait, verdict: Verdict | "default" | undefined): Policy {
  if (verdict === undefined) return policy;
  const { [trait]: _, ...others } = policy.verdicts;
  return { ...policy, verdicts: verdict === "default" ? others : { ...others, [trait]: verdict } };
}

function withAllowed(policy: Policy, text: string, pin: boolean, here: Here): Policy {
  const at = text.lastIndexOf("=");
  const word = at < 0 ? text : text.slice(0, at);
  const names =
    at < 0
      ? undefined
      : text
          .slice(at + 1)
          .split(",")
          .filter(Boolean)
          .map((name) => requireSecretName(name.trim()));
  const file = findOrRefuse(word, here);
  const rule: AllowRule = {
    program: file.path,
    ...(pin ? { sha256: hashOf(file) } : {}),
    ...(names === undefined ? {} : { names }),
  };
  return { ...policy, allow: [...policy.allow.filter(({ program }) => program !== rule.program), rule] };
}

function withDenied(policy: Policy, text: string, pin: boolean, here: Here): Policy {
  const isPath = basename(text) !== text;
  const rule: DenyRule = {
    program: isPath ? resolve(here.cwd, text) : text.toLowerCase(),
    ...(pin ? { sha256: hashOf(findOrRefuse(text, here)) } : {}),
  };
  return { ...policy, deny: [...policy.deny.filter(({ program }) => program !== rule.program), rule] };
}

/** A bare name means the rules of every file of that name. */
function withoutRules(policy: Policy, text: string, here: Here): Policy {
  const isPath = isAbsolute(text) || basename(text) !== text;
  const wanted = isPath ? resolve(here.cwd, text) : text.toLowerCase();
  const isOther = ({ program }: { readonly program: string }): boolean =>
    program !== wanted && (isPath || basename(program).toLowerCase() !== wanted);
  const [allow, deny] = [policy.allow.filter(isOther), policy.deny.filter(isOther)];
  if (allow.length === policy.allow.length && deny.length === policy.deny.length) {
    throw new VaultError("argument-invalid", `No rule names ${JSON.stringify(text)}. See "ov policy show".`);
  }
  return { ...policy, allow, deny };
}

function withNetwork(policy: Policy, text: string): Policy {
  const { network: _, ...others } = policy;
  if (text === "default") return others;
  const isWord = text === "any" || text === "none" || text === "secret-hosts";
  const network: NetworkRule = isWord ? text : text.split(",").map((host) => host.trim());
  const changed = asPolicy({ ...others, network });
  if (changed !== undefined) return changed;
  throw new VaultError(
    "argument-invalid",
    "--network takes any, none, secret-hosts, default, or hosts such as api.example.com,*.example.org.",
  );
}

function withSandbox(policy: Policy, sandbox: SandboxRule | "default"): Policy {
  const { sandbox: _, ...others } = policy;
  return sandbox === "default" ? others : { ...others, sandbox };
}

function findOrRefuse(word: string, { cwd, path }: Here): NonNullable<ReturnType<typeof programFile>> {
  const file = programFile(word, { cwd, searchPath: path });
  if (file !== undefined) return file;
  throw new VaultError(
    "command-not-found",
    `There is no program ${JSON.stringify(word)} here. Name one on the PATH (which may hold absolute folders only), or give its path.`,
  );
}

function hashOf(file: NonNullable<ReturnType<typeof programFile>>): string {
  const hash = programHash(file);
  if (hash !== undefined) return hash;
  throw new VaultError("file-not-found", `${file.realPath} can't be read, so it can't be pinned. Leave out --pin.`);
}

function camel<T extends Trait>(trait: T): Camel<T> {
  return trait.replace(/-([a-z])/g, (_, letter: string) => letter.toUpperCase()) as Camel<T>; // as the type says
}
