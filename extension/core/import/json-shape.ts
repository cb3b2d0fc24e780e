import { badFile, type FixedReason } from "./found-secret.ts";
import type { JsonValue } from "./json-value.ts";

/** The one value of a file that must not hold several. */
export function onlyOne(values: readonly JsonValue[]): JsonValue {
  const [first] = values;
  if (first === undefined || values.length > 1) throw badFile("holds several JSON values one behind the other.");
  return first;
}

export function field(value: JsonValue | undefined, name: string): JsonValue | undefined {
  return value?.kind === "object" ? value.entries.get(name) : undefined;
}

/** The text of a field; undefined = it is absent, empty or no text. */
export function textField(value: JsonValue | undefined, name: string): string | undefined {
  const found = field(value, name);
  return found?.kind === "text" && found.text !== "" ? found.text : undefined;
}

/** The items of an array; nothing where there is none. */
export function items(value: JsonValue | undefined): readonly JsonValue[] {
  return value?.kind === "array" ? value.items : [];
}

/** What a value is as the value of a secret, or why it can't be one. */
export function secretText(value: JsonValue): { readonly text: string } | { readonly reason: FixedReason } {
  switch (value.kind) {
    case "text":
    case "plain":
      return { text: value.text };
    case "null":
      return { reason: "empty" };
    case "object":
      return { reason: "nested: it holds an object, and no single value" };
    case "array":
      return { reason: "nested: it holds a list, and no single value" };
  }
}
