import { type Document, isScalar, LineCounter, parseDocument, visit } from "yaml";
import { fileText } from "./file-text.ts";
import { badFile, type FixedReason, type Found, type FoundSecret, type LeftOut } from "./found-secret.ts";

/**
 * A YAML map of names and values, as Doppler and Infisical write it. Every scalar is taken by its letters (YAML 1.2's
 * failsafe schema): `0123` and `yes` stay what they are. `!!binary` is bytes.
 */
export function readYaml(bytes: Uint8Array): Found {
  const lineCounter = new LineCounter();
  // The library would compare each key with all before it, 450 million times for 30,000 keys. `secondOfName` does it instead.
  const document = parseDocument(fileText(bytes), {
    ...{ schema: "failsafe", uniqueKeys: false, logLevel: "silent", lineCounter },
  });
  const wrong = document.errors[0]?.pos[0];
  const second = secondOfName(document);
  if (second !== undefined && (wrong === undefined || second < wrong)) {
    throw badFile(`has one name twice; see line ${lineCounter.linePos(second).line}. Keep one of them.`);
  }
  // By the place only: the library's message quotes the text.
  if (wrong !== undefined) throw badFile(`is not YAML; see line ${lineCounter.linePos(wrong).line}.`);
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

/** Where in the text a name first stands that its map, at whatever depth, has already. */
function secondOfName(document: Document.Parsed): number | undefined {
  let at: number | undefined;
  visit(document, {
    Map: (_, { items }) => {
      const seen = new Set<unknown>();
      for (const { key } of items) {
        if (!isScalar(key)) continue;
        const place = key.range?.[0];
        if (seen.has(key.value) && place !== undefined && (at === undefined || place < at)) at = place;
        seen.add(key.value);
      }
    },
  });
  return at;
}

/** The bytes, or why there are none. */
function scalarBytes(node: unknown): Buffer | FixedReason {
  if (node === null) return "empty";
  if (!isScalar(node)) return "nested, or a reference: it holds no single value";
  if (node.value instanceof Uint8Array) return Buffer.from(node.value);
  const text = String(node.value);
  return node.type === "PLAIN" && /^(?:~|null|Null|NULL|)$/.test(text) ? "empty" : Buffer.from(text, "utf8");
}
