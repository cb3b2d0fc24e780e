import * as z from "zod";
import type { PlaceholderReport } from "#core/run/placeholder/held-secret.ts";

/** What a tool's result says of secrets that the command had as placeholders; left out where there were none. */
export const placeholderFields = {
  placeholders: z
    .object({
      used: z.record(z.string(), z.number()).describe("Into how many requests each secret's value was put"),
      unused: z.array(z.string()).describe("Never put into a request"),
      remarks: z.array(z.string()).describe("What was refused on the way, and why"),
    })
    .optional()
    .describe(
      "Secrets of which the command had a placeholder. The value goes out by HTTPS only, to the secret's allowed hosts, in its places.",
    ),
};

export interface PlaceholderOutput {
  readonly placeholders?:
    | { readonly used: Record<string, number>; readonly unused: string[]; readonly remarks: string[] }
    | undefined;
}

export function placeholderOutput(report: PlaceholderReport | undefined): {
  placeholders?: { used: Record<string, number>; unused: string[]; remarks: string[] };
} {
  if (report === undefined) return {};
  const { used, unused, remarks } = report;
  return { placeholders: { used: { ...used }, unused: [...unused], remarks: [...remarks] } };
}

export function renderPlaceholders({ placeholders }: PlaceholderOutput): readonly string[] {
  if (placeholders === undefined) return [];
  const { used, unused, remarks } = placeholders;
  const names = Object.entries(used).map(([name, count]) => `${name} ×${count}`);
  return [
    ...(names.length === 0 ? [] : [`placeholders used in requests: ${names.join(", ")}`]),
    ...(unused.length === 0
      ? []
      : [
          `placeholders never used: ${unused.join(", ")}. The command has no value of these: it goes out by HTTPS only, through HTTPS_PROXY, to the hosts and in the places that vault_list_secrets names.`,
        ]),
    ...remarks.map((remark) => `  ${remark}`),
  ];
}
