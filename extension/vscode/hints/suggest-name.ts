import type { CredentialFinding } from "#core/redact/detectors.ts";
import { asSecretName } from "#core/vault/context.ts";

/**
 * A name for what was found: that of the variable or key it is assigned to, else one made of the rule. `start` is where
 * its literal begins.
 */
export function suggestName(text: string, { start: from, end, rule }: CredentialFinding, start = from): string {
  const key = keyBefore(text.slice(Math.max(0, start - 300), start));
  const value = text.slice(from, end);
  // A key that holds the value, or is a part of it, would carry it into the vault's list of names.
  const words = key === undefined || shares(key, value) ? [] : wordsOf(key);
  const own = words.at(-1);
  const byRule = wordsOf(RULE_NAMES[rule] ?? `${rule}${/(?:key|token|secret|password|id)$/.test(rule) ? "" : "-key"}`);
  const isVague = words.length === 1 && VAGUE.has(own!);
  const name = asSecretName(words.length === 0 || isVague ? "" : words.join("_"));
  return name ?? asSecretName(byRule.join("_")) ?? "SECRET";
}

/** `apiKey` of `apiKey: "`, `api_key = '`, `"api-key" => "`, `config.stripe.apiKey = `, `ENV API_KEY `, `set("KEY", "`. */
function keyBefore(before: string): string | undefined {
  const line = before.slice(before.lastIndexOf("\n") + 1);
  const assigned = /([A-Za-z_][\w.$-]*)["'`]?\]?\s*(?::\s*[&\w<>[\]|?. ]+?)?\s*(?:=>|:=|<-|=|:)\s*["'`]?$/.exec(line);
  const given = /(?:\bENV\s+|\bsetenv\w*\s*\(\s*["'])([A-Za-z_]\w*)(?:["']\s*,)?\s+["']?$/i.exec(line);
  return assigned?.[1] ?? given?.[1];
}

/** Words in upper case; of a path the last one, or the last two if that says nothing alone. */
function wordsOf(key: string): readonly string[] {
  const parts = key.split(/[.$]/).filter((part) => part !== "");
  const split = (part: string): string[] =>
    part
      .replaceAll(/([a-z0-9])([A-Z])/g, "$1_$2")
      .replaceAll(/([A-Z])([A-Z][a-z])/g, "$1_$2")
      .toUpperCase()
      .split(/[^A-Z0-9]+/)
      .filter((word) => word !== "");
  const last = split(parts.at(-1) ?? "");
  const before = parts.length > 1 ? split(parts.at(-2)!) : [];
  const isVague = last.length <= 2 && last.every((word) => VAGUE.has(word));
  return isVague && !["THIS", "SELF", "ENV", "PROCESS"].includes(before[0] ?? "THIS") ? [...before, ...last] : last;
}

function shares(key: string, value: string): boolean {
  return key.includes(value) || (key.length >= 12 && value.includes(key));
}

/** These say that it is a secret, and not which. */
const VAGUE = new Set(
  "KEY TOKEN SECRET PASSWORD PASSWD PASS PWD VALUE API AUTH AUTHORIZATION HEADER HEADERS CREDENTIAL CREDENTIALS URL URI DSN DATA ID X S K T V".split(
    " ",
  ),
);

/** Where a rule's id makes no good name. */
const RULE_NAMES: Readonly<Record<string, string>> = {
  "1password": "onepassword-token",
  basicauth: "http-password",
  "url-password": "http-password",
  "database-connection-string": "database-password",
  privatekey: "private-key",
  "private-key-start": "private-key",
  "authorization-header": "api-token",
  jwt: "access-token",
  aws: "aws-secret-access-key",
  gcp: "google-credentials",
  github: "github-token",
  gitlab: "gitlab-token",
  npm: "npm-token",
  slack: "slack-token",
  huggingface: "hugging-face-token",
  notion: "notion-token",
};
