import { visit } from "jsonc-parser";
import { fill } from "./fill.ts";
import type { HeldSecret, PlaceholderUse } from "./held-secret.ts";
import { putIntoForm } from "./put-in-head.ts";

/** Bodies in which a field can be told from the rest. undefined = pass it on as it comes. */
export type BodyKind = "json" | "form";

export function bodyKind(contentType: string | undefined): BodyKind | undefined {
  const type = (contentType ?? "").split(";")[0]!.trim().toLowerCase();
  if (type === "application/json" || /^application\/[\w.-]+\+json$/.test(type)) return "json";
  return type === "application/x-www-form-urlencoded" ? "form" : undefined;
}

/** The body with values instead of placeholders, in the fields that each secret allows; all else byte for byte. */
export function putIntoBody(
  body: Uint8Array,
  kind: BodyKind,
  secrets: readonly HeldSecret[],
  use: PlaceholderUse,
): Uint8Array {
  // Latin-1 keeps bytes that are no UTF-8 as they are; a form is ASCII.
  if (kind === "form") {
    return Buffer.from(putIntoForm(Buffer.from(body).toString("latin1"), secrets, "body", use), "latin1");
  }
  const text = Buffer.from(body).toString("utf8");
  // Bytes that are no UTF-8 would not come back as they were.
  const isWhole = Buffer.from(text, "utf8").equals(body);
  return isWhole && isJson(text) ? Buffer.from(putIntoJson(text, secrets, use), "utf8") : body;
}

function putIntoJson(text: string, secrets: readonly HeldSecret[], use: PlaceholderUse): string {
  const pieces: string[] = [];
  let done = 0;
  visit(text, {
    onObjectProperty: (property) => {
      fill(property, { kind: "body", name: undefined, where: "the name of a JSON field" }, secrets, use);
    },
    onLiteralValue: (value: unknown, offset, length, _line, _column, path) => {
      if (typeof value !== "string") return;
      const name = path()
        .filter((step) => typeof step === "string")
        .join(".");
      const filled = fill(value, { kind: "body", name, where: `the JSON field ${name}` }, secrets, use);
      if (filled === value) return;
      pieces.push(text.slice(done, offset), JSON.stringify(filled));
      done = offset + length;
    },
  });
  return pieces.join("") + text.slice(done);
}

/** The parser takes much that a server would not; only what is JSON is touched. */
function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}
