import { decodeBase64, flatEntries } from "./flat-entries.ts";
import { badFile, type Found, type FoundSecret, type ImportNote, type LeftOut } from "./found-secret.ts";
import { field, items, textField } from "./json-shape.ts";
import { type JsonValue, readJson } from "./json-value.ts";
import { upperName } from "./variable-name.ts";

/**
 * `aws secretsmanager get-secret-value` and `batch-get-secret-value`
 * (https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_GetSecretValue.html, …/API_BatchGetSecretValue.html),
 * one answer or several one behind the other. A SecretString is a value, or an object of names and values; a SecretBinary
 * is base64 of bytes.
 */
export function readAws(bytes: Uint8Array): Found {
  const answers = readJson(bytes);
  const secrets: FoundSecret[] = [];
  const left: LeftOut[] = [];
  const notes: ImportNote[] = [];
  for (const answer of answers) {
    const batch = field(answer, "SecretValues");
    for (const secret of batch === undefined ? [answer] : items(batch)) addSecret(secret, secrets, left);
    for (const error of items(field(answer, "Errors"))) {
      const from = textField(error, "SecretId") ?? "a secret";
      left.push({ from, reason: `AWS didn't give it (${textField(error, "ErrorCode") ?? "no reason told"})` });
    }
    if (textField(answer, "NextToken") !== undefined) {
      notes.push("AWS has more: the answer has a NextToken. Get the next page, and import it too.");
    }
  }
  return { secrets, left, notes };
}

function addSecret(secret: JsonValue, secrets: FoundSecret[], left: LeftOut[]): void {
  const name = textField(secret, "Name");
  if (name === undefined) throw badFile("is no answer of AWS Secrets Manager: a secret has no Name.");
  const stages = items(field(secret, "VersionStages")).flatMap((stage) => (stage.kind === "text" ? [stage.text] : []));
  const text = field(secret, "SecretString");
  const binary = textField(secret, "SecretBinary");
  if (stages.length > 0 && !stages.includes("AWSCURRENT")) {
    left.push({ from: name, reason: `not the current version (${stages.join(", ")})` });
  } else if (binary !== undefined) {
    const value = decodeBase64(binary);
    if (value === undefined) throw badFile(`has a SecretBinary that is no base64, in ${JSON.stringify(name)}.`);
    secrets.push({ from: name, wanted: upperName(name), value });
  } else if (text?.kind === "text") {
    const entries = objectIn(text.text);
    const inside = entries && flatEntries(entries, name);
    if (inside === undefined)
      secrets.push({ from: name, wanted: upperName(name), value: Buffer.from(text.text, "utf8") });
    secrets.push(...(inside?.secrets ?? []));
    left.push(...(inside?.left ?? []));
  } else throw badFile(`has neither SecretString nor SecretBinary in ${JSON.stringify(name)}.`);
}

/** What the console stores is an object of names and values; anything else that looks like JSON is a value as it is. */
function objectIn(text: string): ReadonlyMap<string, JsonValue> | undefined {
  if (!text.trimStart().startsWith("{")) return undefined;
  let values: readonly JsonValue[];
  try {
    values = readJson(Buffer.from(text, "utf8"));
  } catch {
    return undefined;
  }
  const [value] = values;
  const isFlat = value?.kind === "object" && values.length === 1 && value.entries.size > 0;
  if (!isFlat || [...value.entries.values()].some(({ kind }) => kind === "object" || kind === "array"))
    return undefined;
  return value.entries;
}
