import { decodeBase64, flatEntries } from "./flat-entries.ts";
import { badFile, type Found } from "./found-secret.ts";
import { onlyOne, textField } from "./json-shape.ts";
import { type JsonValue, readJson } from "./json-value.ts";

/**
 * One JSON object of names and values, as many programs write it, and `ov export --plain --format json`: that writes a
 * value that is no text as `{"base64": "…"}`.
 */
export function readFlatJson(bytes: Uint8Array): Found {
  const value = onlyOne(readJson(bytes));
  if (value.kind !== "object") throw badFile('is no JSON object of names and values such as {"NAME": "value"}.');
  const encoded = [...value.entries].flatMap(([from, each]) => {
    const decoded = ownBytes(each);
    return decoded === undefined ? [] : [{ from, wanted: from, value: decoded }];
  });
  const names = new Set(encoded.map(({ from }) => from));
  const found = flatEntries(new Map([...value.entries].filter(([name]) => !names.has(name))));
  return { secrets: [...found.secrets, ...encoded], left: found.left, notes: [] };
}

function ownBytes(value: JsonValue): Buffer | undefined {
  const text = value.kind === "object" && value.entries.size === 1 ? textField(value, "base64") : undefined;
  return text === undefined ? undefined : decodeBase64(text);
}
