import { asSecretName } from "#core/vault/context.ts";

/** Why something can't be the name under which a found credential is stored. */
export function nameProblem(
  text: string,
  taken: ReadonlySet<string>,
  value: string,
): "value" | "taken" | "invalid" | undefined {
  if (text !== "" && (text.includes(value) || (text.length >= 12 && value.includes(text)))) return "value";
  if (taken.has(text)) return "taken";
  return asSecretName(text) === undefined ? "invalid" : undefined;
}
