import { badFile, type Found, type FoundSecret, type LeftOut } from "./found-secret.ts";
import { field, items, onlyOne, secretText, textField } from "./json-shape.ts";
import { readJson } from "./json-value.ts";

/**
 * `infisical export --format=json` (https://infisical.com/docs/cli/commands/export): an array of objects with key, value,
 * type, tags, comment and secretPath. Its `yaml` and `dotenv` are those of everybody. A personal override goes before
 * the shared value that it overrides, as in Infisical itself.
 */
export function readInfisical(bytes: Uint8Array): Found {
  const value = onlyOne(readJson(bytes));
  if (value.kind !== "array") throw badFile("is no array, as infisical export --format=json writes it.");
  const secrets: FoundSecret[] = [];
  const left: LeftOut[] = [];
  const overridden = new Set(
    value.items.filter((item) => textField(item, "type") === "personal").map((item) => placeOf(item)),
  );
  for (const item of value.items) {
    const key = textField(item, "key");
    const found = field(item, "value");
    if (key === undefined || found === undefined) throw badFile("has an entry without key or value.");
    const text = secretText(found);
    if ("reason" in text) left.push({ from: key, reason: text.reason });
    else if (textField(item, "type") !== "personal" && overridden.has(placeOf(item)))
      left.push({ from: key, reason: "a personal value of the file overrides it" });
    else {
      const tags = items(field(item, "tags")).flatMap((tag) => textField(tag, "slug") ?? textField(tag, "name") ?? []);
      const comment = textField(item, "comment");
      const path = textField(item, "secretPath");
      secrets.push({
        ...{ from: key, wanted: key, value: Buffer.from(text.text, "utf8") },
        ...(tags.length === 0 ? {} : { tags }),
        ...(comment === undefined ? {} : { description: comment }),
        ...(path === undefined || path === "/" ? {} : { group: path }),
      });
    }
  }
  return { secrets, left, notes: [] };
}

function placeOf(item: Parameters<typeof textField>[0]): string {
  return JSON.stringify([textField(item, "secretPath") ?? "/", textField(item, "key")]);
}
