import { asSecretName, type SecretName } from "../vault/context.ts";

/** What is the name of a variable already stays as it is; `db/pass-word` is DB_PASS_WORD. undefined = it can't be one. */
export function variableName(wanted: string): SecretName | undefined {
  return asSecretName(/^[A-Za-z_][A-Za-z0-9_]*$/.test(wanted) ? wanted : upperName(wanted));
}

/** A title, such as "Stripe (live) apiKey", in the letters of a variable: STRIPE_LIVE_API_KEY. */
export function upperName(title: string): string {
  const words = title
    .normalize("NFKD")
    .replace(/\p{M}/gu, "")
    .replace(/(?<![A-Za-z0-9])[a-z][A-Za-z0-9]*/g, (word) => word.replace(/([a-z0-9])([A-Z])/g, "$1_$2"))
    .replace(/[^A-Za-z0-9]+/g, "_")
    .replace(/^_+|_+$/g, "")
    .toUpperCase();
  return /^[0-9]/.test(words) ? `_${words}` : words;
}

/** A field that is written like a variable is one; `password` and the like need their place's name in front. */
export function fieldName(label: string, place: string): string {
  return /^[A-Z_][A-Z0-9_]*$/.test(label) ? label : upperName(`${place} ${label}`);
}
