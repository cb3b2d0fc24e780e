import {
  isolationOf,
  type NetworkRule,
  type Policy,
  type Preset,
  type SandboxRule,
  TRAITS,
  type Trait,
  type Verdict,
  verdictOn,
} from "./policy.ts";

/** One thing that another policy does differently. */
export type PolicyChange =
  | { readonly kind: "preset"; readonly from: Preset; readonly to: Preset }
  | { readonly kind: "trait"; readonly trait: Trait; readonly from: Verdict; readonly to: Verdict }
  | { readonly kind: "network"; readonly from: NetworkRule; readonly to: NetworkRule }
  | { readonly kind: "sandbox"; readonly from: SandboxRule; readonly to: SandboxRule }
  /** `rule` as `ov policy set` has it. */
  | { readonly kind: "rule"; readonly isNew: boolean; readonly rule: string };

export function policyChanges(before: Policy, after: Policy): readonly PolicyChange[] {
  const [was, is] = [isolationOf(before), isolationOf(after)];
  const [old, now] = [rulesOf(before), rulesOf(after)];
  const changes: readonly PolicyChange[] = [
    { kind: "preset", from: before.preset, to: after.preset },
    ...TRAITS.map((trait): PolicyChange => {
      return { kind: "trait", trait, from: verdictOn(before, trait).verdict, to: verdictOn(after, trait).verdict };
    }),
    { kind: "network", from: was.network, to: is.network },
    { kind: "sandbox", from: was.sandbox, to: is.sandbox },
  ];
  return [
    ...changes.filter((change) => change.kind !== "rule" && String(change.from) !== String(change.to)),
    ...now.filter((rule) => !old.includes(rule)).map((rule) => ({ kind: "rule", isNew: true, rule }) as const),
    ...old.filter((rule) => !now.includes(rule)).map((rule) => ({ kind: "rule", isNew: false, rule }) as const),
  ];
}

/** What a person reads in a terminal before they type the password. */
export function changesBetween(before: Policy, after: Policy): readonly string[] {
  return policyChanges(before, after).map(changeLine);
}

function changeLine(change: PolicyChange): string {
  switch (change.kind) {
    case "preset":
    case "sandbox":
      return `${change.kind}: ${change.from} -> ${change.to}`;
    case "trait":
      return `${change.trait}: ${change.from} -> ${change.to}`;
    case "network":
      return `network: ${networkText(change.from)} -> ${networkText(change.to)}`;
    case "rule":
      return `${change.isNew ? "+" : "-"} ${change.rule}`;
  }
}

function rulesOf({ allow, deny }: Policy): readonly string[] {
  const pinned = (sha256: string | undefined): string =>
    sha256 === undefined ? "" : ` (SHA-256 ${sha256.slice(0, 16)}…)`;
  return [
    ...allow.map(({ program, names, sha256 }) => {
      const only =
        names === undefined ? "" : `, with ${names.length === 0 ? "no secrets" : `only ${names.join(", ")}`}`;
      return `allow ${program}${only}${pinned(sha256)}`;
    }),
    ...deny.map(({ program, sha256 }) => `deny ${program}${pinned(sha256)}`),
  ];
}

export function networkText(network: NetworkRule): string {
  if (typeof network === "string") return network;
  return network.length === 0 ? "none" : network.join(", ");
}
