import { flatEntries } from "./flat-entries.ts";
import { badFile, type Found, type FoundSecret, type LeftOut } from "./found-secret.ts";
import { field } from "./json-shape.ts";
import { type JsonValue, readJson } from "./json-value.ts";

/**
 * `vault kv get -format=json` of the KV engine's version 1 (`data` holds the values) and 2 (`data.data` holds them, beside
 * `data.metadata`): https://developer.hashicorp.com/vault/docs/commands/kv/get and
 * https://developer.hashicorp.com/vault/api-docs/secret/kv/kv-v2#read-secret-version. OpenBao writes the same. The path is
 * not in the answer, so names are the keys. Vault stores JSON: values that are no text keep their digits.
 */
export function readVault(bytes: Uint8Array): Found {
  const secrets: FoundSecret[] = [];
  const left: LeftOut[] = [];
  for (const answer of readJson(bytes)) {
    const entries = valuesOf(answer);
    const found = flatEntries(entries);
    secrets.push(...found.secrets);
    left.push(...found.left);
  }
  return { secrets, left, notes: [] };
}

function valuesOf(answer: JsonValue): ReadonlyMap<string, JsonValue> {
  const data = field(answer, "data");
  const metadata = field(data, "metadata");
  if (data?.kind !== "object") throw badFile('is no answer of vault kv get -format=json: it has no "data".');
  // A secret of version 1 may hold entries that are named so too; those have no version.
  const isSecond = metadata?.kind === "object" && field(metadata, "version") !== undefined && data.entries.has("data");
  if (!isSecond) return data.entries;
  const inside = field(data, "data");
  if (inside?.kind === "object") return inside.entries;
  const isDestroyed = field(metadata, "destroyed");
  const how = isDestroyed?.kind === "plain" && isDestroyed.text === "true" ? "destroyed" : "deleted";
  throw badFile(`is of a version that was ${how} in Vault. Get one that has values.`);
}
