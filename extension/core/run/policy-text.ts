import { isolationOf, type NetworkRule, type Policy, TRAITS, verdictOn } from "./policy.ts";

/** What a person reads before they type the password. */
export function changesBetween(before: Policy, after: Policy): readonly string[] {
  const pairs: readonly (readonly [string, string, string])[] = [
    ["preset", before.preset, after.preset],
    ...TRAITS.map((trait) => [trait, verdictOn(before, trait).verdict, verdictOn(after, trait).verdict] as const),
    ["network", networkText(isolationOf(before).network), networkText(isolationOf(after).network)],
    ["sandbox", isolationOf(before).sandbox, isolationOf(after).sandbox],
  ];
  const [old, now] = [rulesOf(before), rulesOf(after)];
  return [
    ...pairs.filter(([, from, to]) => from !== to).map(([what, from, to]) => `${what}: ${from} -> ${to}`),
    ...now.filter((rule) => !old.includes(rule)).map((rule) => `+ ${rule}`),
    ...old.filter((rule) => !now.includes(rule)).map((rule) => `- ${rule}`),
  ];
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
