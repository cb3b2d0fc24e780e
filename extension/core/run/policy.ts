import { type Context, isProduction, type SecretName } from "../vault/context.ts";

/** What a rule says of a command. Of all that apply the strictest counts: deny beats ask, ask beats allow. */
export type Verdict = "allow" | "ask" | "deny";

export const VERDICTS = ["allow", "ask", "deny"] as const satisfies readonly Verdict[];

/** What a command can be, whatever program it is. `programs` = it starts a program that no rule names. */
export const TRAITS = [
  "programs",
  "shells",
  "terminals",
  "inline-code",
  "env-dumps",
  "debuggers",
  "privileges",
  "unclear",
] as const;

export type Trait = (typeof TRAITS)[number];

/** For people: what is meant, in a few words. */
export const TRAIT_MEANING = {
  programs: "programs that no rule names",
  shells: "shells, with a text or script to run",
  terminals: "interactive shells and prompts, where anything can be typed",
  "inline-code": "interpreters with code in their arguments or from their input",
  "env-dumps": "printing the environment (env, printenv, set, /proc/*/environ …)",
  debuggers: "debuggers and tracers, which read a program's memory",
  privileges: "running as another user (sudo, su …)",
  unclear: "commands that can't be read with certainty",
} as const satisfies Record<Trait, string>;

/** `secret-hosts` = the hosts that the used secrets are meant for. A list holds host names. */
export type NetworkRule = "any" | "none" | "secret-hosts" | readonly string[];

export type SandboxRule = "off" | "required";

export const PRESETS = ["open", "careful", "strict", "production"] as const;

export type Preset = (typeof PRESETS)[number];

interface PresetRules {
  readonly verdicts: Readonly<Record<Trait, Verdict>>;
  readonly network: NetworkRule;
  readonly sandbox: SandboxRule;
}

/** A program that may run, where `programs` is stricter; and the only secrets that it may have. */
export interface AllowRule {
  /** An absolute path. */
  readonly program: string;
  /** SHA-256 of the file, hex. Another file in its place is denied. */
  readonly sha256?: string;
  /** Left out: any. */
  readonly names?: readonly SecretName[];
}

/** A program that may not run: a name, wherever its file lies, or an absolute path, or a file by its SHA-256. */
export interface DenyRule {
  readonly program: string;
  readonly sha256?: string;
}

/** What the owner of an environment decided about the commands that get its secrets. */
export interface Policy {
  readonly preset: Preset;
  /** Where it differs from the preset. */
  readonly verdicts: Readonly<Partial<Record<Trait, Verdict>>>;
  readonly allow: readonly AllowRule[];
  readonly deny: readonly DenyRule[];
  readonly network?: NetworkRule;
  readonly sandbox?: SandboxRule;
}

/** What applies to an environment whose owner has decided nothing. */
export function defaultPolicy(context: Context): Policy {
  return { preset: isProduction(context) ? "production" : "careful", verdicts: {}, allow: [], deny: [] };
}

/** The verdict of a trait, and whether the owner set it or the preset brought it. */
export function verdictOn(policy: Policy, trait: Trait): { readonly verdict: Verdict; readonly from: string } {
  const own = policy.verdicts[trait];
  if (own !== undefined) return { verdict: own, from: "set" };
  return { verdict: PRESET_RULES[policy.preset].verdicts[trait], from: `preset ${policy.preset}` };
}

/** How a run is cut off from the rest of the machine. The policy only decides it; the sandbox does it. */
export function isolationOf({ preset, network, sandbox }: Policy): {
  readonly sandbox: SandboxRule;
  readonly network: NetworkRule;
} {
  const rules = PRESET_RULES[preset];
  return { sandbox: sandbox ?? rules.sandbox, network: network ?? rules.network };
}

/** The only hosts that a run may reach; undefined = it needs no sandbox. Nothing but a sandbox can limit the network. */
export function reachableHosts(policy: Policy, secretHosts: readonly string[]): "any" | readonly string[] | undefined {
  const { sandbox, network } = isolationOf(policy);
  if (network === "any") return sandbox === "required" ? "any" : undefined;
  if (network === "none") return [];
  return network === "secret-hosts" ? secretHosts : network;
}

const PRESET_RULES: Readonly<Record<Preset, PresetRules>> = {
  open: { verdicts: all("allow"), network: "any", sandbox: "off" },
  careful: {
    verdicts: { ...all("ask"), programs: "allow", shells: "allow" },
    network: "any",
    sandbox: "off",
  },
  strict: { verdicts: all("deny"), network: "secret-hosts", sandbox: "required" },
  production: { verdicts: all("ask"), network: "any", sandbox: "off" },
};

function all(verdict: Verdict): Record<Trait, Verdict> {
  return {
    programs: verdict,
    shells: verdict,
    terminals: verdict,
    "inline-code": verdict,
    "env-dumps": verdict,
    debuggers: verdict,
    privileges: verdict,
    unclear: verdict,
  };
}
