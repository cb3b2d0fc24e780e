import { isScalar, parseDocument } from "yaml";
import { fileText } from "./file-text.ts";
import { badFile, type FixedReason, type Found, type FoundSecret, type LeftOut } from "./found-secret.ts";

/**
 * A YAML map of names and values, as Doppler and Infisical write it. Every scalar is taken by its letters (YAML 1.2's
 * failsafe schema): `0123` and `yes` stay what they are. `!!binary` is bytes.
 */
export function readYaml(bytes: Uint8Array): Found {
  const document = parseDocument(fileText(bytes), { schema: "failsafe", uniqueKeys: true, logLevel: "silent" });
  const error = document.errors[0];
  if (error?.code === "DUPLICATE_KEY") {
    throw badFile(`has one name twice; see line ${error.linePos?.[0].line}. Keep one of them.`);
  }
  // By the place only: the library's message quotes the text.
  if (error !== undefined) throw badFile(`is not YAML; see line ${error.linePos?.[0].line ?? 1}.`);
  const { contents } = document;
  if (contents === null || !("items" in contents) || contents.tag === "tag:yaml.org,2002:seq") {
    throw badFile("is YAML without names at its top: it should have lines such as NAME: value.");
  }
  const secrets: FoundSecret[] = [];
  const left: LeftOut[] = [];
  for (const pair of contents.items) {
    const { key, value } = pair as { key: unknown; value: unknown }; // those of a map are pairs
    if (!isScalar(key) || typeof key.value !== "string") throw badFile("has a name that is no text.");
    const found = scalarBytes(value);
    if (typeof found === "string") left.push({ from: key.value, reason: found });
    else secrets.push({ from: key.value, wanted: key.value, value: found });
  }
  return { secrets, left, notes: [] };
}

/** The bytes, or why there are none. */
function scalarBytes(node: unknown): Buffer | FixedReason {
  if (node === null) return "empty";
  if (!isScalar(node)) return "nested, or a reference: it holds no single value";
  if (node.value instanceof Uint8Array) return Buffer.from(node.value);
  const text = String(node.value);
  return node.type === "PLAIN" && /^(?:~|null|Null|NULL|)$/.test(text) ? "empty" : Buffer.from(text, "utf8");
}
