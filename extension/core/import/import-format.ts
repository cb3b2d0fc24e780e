import { readAws } from "./aws-secrets-manager.ts";
import { readBitwarden } from "./bitwarden.ts";
import { readBitwardenSecrets } from "./bitwarden-secrets.ts";
import { readDoppler } from "./doppler.ts";
import { readDotenv } from "./dotenv-file.ts";
import { readFlatJson } from "./flat-json.ts";
import type { ImportFormat } from "./format-names.ts";
import { badFile, type Read } from "./found-secret.ts";
import { readVault } from "./hashicorp-vault.ts";
import { readInfisical } from "./infisical.ts";
import { field, items } from "./json-shape.ts";
import { type JsonValue, readJson } from "./json-value.ts";
import { readOnePassword } from "./one-password.ts";
import { readYaml } from "./yaml-file.ts";

/** How each format is read, by the name that `--format` takes. */
export const IMPORT_FORMATS = {
  dotenv: { title: "a .env file", read: readDotenv },
  json: { title: "a JSON object of names and values", read: readFlatJson },
  yaml: { title: "a YAML map of names and values", read: readYaml },
  doppler: { title: "Doppler's JSON or YAML", read: readDoppler },
  infisical: { title: "Infisical's JSON", read: readInfisical },
  "1password": { title: "1Password's items (op)", read: readOnePassword },
  aws: { title: "AWS Secrets Manager's answer", read: readAws },
  vault: { title: "HashiCorp Vault's KV answer", read: readVault },
  bitwarden: { title: "Bitwarden's JSON export", read: readBitwarden },
  bws: { title: "Bitwarden Secrets Manager's list", read: readBitwardenSecrets },
} as const satisfies Record<ImportFormat, { readonly title: string; readonly read: Read }>;

/** Which format a file is of, by what it holds; refuses what can't be told. Its name is not looked at: stdin has none. */
export function detectFormat(bytes: Uint8Array): ImportFormat {
  const format = formatOf(bytes);
  if (format === undefined) throw badFile("is JSON of a kind that is not known. Say what it is with --format.");
  return format;
}

/** The same for who asks a person; undefined = JSON of a kind that is not known. */
export function formatOf(bytes: Uint8Array): ImportFormat | undefined {
  const head = Buffer.from(bytes.subarray(0, 4096)).toString("latin1");
  if (head.startsWith("PK\x03\x04")) {
    throw badFile(
      "is a zip, such as 1Password's 1PUX, which is not read. Use: op item list --format json | op item get - --format json | ov import -",
    );
  }
  if (/^(?:\xef\xbb\xbf)?\s*[[{]/.test(head)) return formatOfJson(readJson(bytes));
  // NAME: value without any NAME=value line; dotenv takes both, and YAML only the first.
  const lines = head.split(/\r?\n/).filter((line) => /\S/.test(line) && !/^\s*#/.test(line));
  const isYaml = lines.length > 0 && /^(?:---|(?:"[^"]*"|'[^']*'|[^\s#:="'][^:=]*):(?:\s|$))/.test(lines[0]!);
  if (!isYaml) return "dotenv";
  return /^DOPPLER_PROJECT:/m.test(head) ? "doppler" : "yaml";
}

function formatOfJson(values: readonly JsonValue[]): ImportFormat | undefined {
  const [first] = values;
  const sample = first?.kind === "array" ? first.items[0] : first;
  const has = (...names: readonly string[]): boolean => names.every((name) => field(sample, name) !== undefined);
  if (first?.kind === "array" && first.items.length === 0) throw badFile("is an empty list.");
  if (has("title") && (has("fields") || has("category"))) return "1password";
  if (has("key", "value")) return has("organizationId") || has("creationDate") ? "bws" : "infisical";
  if (has("SecretValues") || (has("Name") && (has("SecretString") || has("SecretBinary")))) return "aws";
  if (has("data") && (has("lease_id") || has("request_id") || has("lease_duration"))) return "vault";
  if (has("items") && (has("encrypted") || has("folders") || has("collections"))) return "bitwarden";
  if (has("DOPPLER_PROJECT") || has("DOPPLER_CONFIG")) return "doppler";
  if (sample?.kind === "object" && first?.kind === "object" && items(first).length === 0) return "json";
  return undefined;
}
