import { env, l10n } from "vscode";
import { type NetworkRule, type Preset, type SandboxRule, TRAITS, type Trait, type Verdict } from "#core/run/policy.ts";
import type { PolicyChange } from "#core/run/policy-text.ts";

export function verdictText(verdict: Verdict): string {
  switch (verdict) {
    case "allow":
      return l10n.t("allowed");
    case "ask":
      return l10n.t("asked about each time");
    case "deny":
      return l10n.t("denied");
  }
}

/** What a command can be, in a few words. */
export function traitText(trait: Trait): string {
  return TRAIT()[trait];
}

export function networkWords(network: NetworkRule): string {
  if (network === "any") return l10n.t("every host");
  if (network === "secret-hosts") return l10n.t("the hosts of the secrets only");
  if (network === "none" || network.length === 0) return l10n.t("no host");
  return network.join(", ");
}

export function sandboxText(sandbox: SandboxRule): string {
  return sandbox === "off" ? l10n.t("off") : l10n.t("required");
}

export function presetText(preset: Preset): string {
  return PRESET()[preset];
}

/** One line of what a person confirms. */
export function changeText(change: PolicyChange): string {
  switch (change.kind) {
    case "preset":
      return l10n.t("Preset: {0} → {1}", presetText(change.from), presetText(change.to));
    case "trait":
      return l10n.t("{0}: {1} → {2}", traitText(change.trait), verdictText(change.from), verdictText(change.to));
    case "network":
      return l10n.t("Network: {0} → {1}", networkWords(change.from), networkWords(change.to));
    case "sandbox":
      return l10n.t("Sandbox: {0} → {1}", sandboxText(change.from), sandboxText(change.to));
    case "rule":
      return `${change.isNew ? "+" : "-"} ${change.rule}`;
  }
}

/** Why a command is asked about each time. Core says it in English; elsewhere it is told from the rule's name. */
export function warningText(
  warning: string,
  rule: { readonly program: string; readonly rule: string } | undefined,
): string {
  if (rule === undefined || /^en\b/.test(env.language)) return warning;
  const trait = TRAITS.find((known) => known === rule.rule);
  if (trait === undefined) return warning;
  return rule.program === "" ? traitText(trait) : `"${rule.program}": ${traitText(trait)}`;
}

const TRAIT = (): Readonly<Record<Trait, string>> => ({
  programs: l10n.t("programs that no rule names"),
  shells: l10n.t("shells, with a text or script to run"),
  terminals: l10n.t("interactive shells and prompts, where anything can be typed"),
  "inline-code": l10n.t("interpreters with code in their arguments or from their input"),
  "env-dumps": l10n.t("printing the environment (env, printenv, set, /proc/*/environ …)"),
  debuggers: l10n.t("debuggers and tracers, which read a program's memory"),
  privileges: l10n.t("running as another user (sudo, su …)"),
  unclear: l10n.t("commands that can't be read with certainty"),
});

const PRESET = (): Readonly<Record<Preset, string>> => ({
  open: l10n.t("open"),
  careful: l10n.t("careful"),
  strict: l10n.t("strict"),
  production: l10n.t("production"),
});
