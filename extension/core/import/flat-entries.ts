import type { FoundSecret, LeftOut } from "./found-secret.ts";
import { secretText } from "./json-shape.ts";
import type { JsonValue } from "./json-value.ts";
import { fieldName } from "./variable-name.ts";

/** An object of names and values. `place` is what the file calls the object, for names that say little by themselves. */
export function flatEntries(
  entries: ReadonlyMap<string, JsonValue>,
  place?: string,
): { readonly secrets: FoundSecret[]; readonly left: LeftOut[] } {
  const secrets: FoundSecret[] = [];
  const left: LeftOut[] = [];
  for (const [key, value] of entries) {
    const from = place === undefined ? key : `${place} / ${key}`;
    const found = secretText(value);
    if ("reason" in found) left.push({ from, reason: found.reason });
    else
      secrets.push({
        from,
        wanted: place === undefined ? key : fieldName(key, place),
        value: Buffer.from(found.text, "utf8"),
      });
  }
  return { secrets, left };
}

/** Strict: Buffer.from would skip what is no base64, and give other bytes. */
export function decodeBase64(text: string): Buffer | undefined {
  const digits = text.replace(/[\r\n]/g, "");
  return /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/.test(digits)
    ? Buffer.from(digits, "base64")
    : undefined;
}
