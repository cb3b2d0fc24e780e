import { badFile, type Found, type FoundSecret, type LeftOut } from "./found-secret.ts";
import { field, items, onlyOne, textField } from "./json-shape.ts";
import { type JsonValue, readJson } from "./json-value.ts";
import { fieldName, upperName } from "./variable-name.ts";

/**
 * Bitwarden's unencrypted JSON export of a person or an organization (https://bitwarden.com/help/export-your-data/, the
 * fields in https://bitwarden.com/help/condition-bitwarden-import/). A password, a note's text and an SSH key take the
 * item's name; user names and own fields the item's and their own.
 */
export function readBitwarden(bytes: Uint8Array): Found {
  const root = onlyOne(readJson(bytes));
  const encrypted = field(root, "encrypted");
  if (encrypted?.kind === "plain" && encrypted.text === "true") {
    throw badFile("is encrypted by Bitwarden. Export it again as .json without encryption.");
  }
  if (field(root, "items")?.kind !== "array") throw badFile("is no JSON export of Bitwarden: it has no items.");
  const groups = new Map(
    [...items(field(root, "folders")), ...items(field(root, "collections"))].map((group) => [
      textField(group, "id"),
      textField(group, "name"),
    ]),
  );
  const secrets: FoundSecret[] = [];
  const left: LeftOut[] = [];
  for (const item of items(field(root, "items"))) {
    const name = textField(item, "name") ?? "unnamed";
    const [collection] = items(field(item, "collectionIds"));
    const group = groups.get(
      textField(item, "folderId") ?? (collection?.kind === "text" ? collection.text : undefined),
    );
    if (textField(item, "deletedDate") !== undefined) left.push({ from: name, reason: "in Bitwarden's trash" });
    else {
      const found = partsOf(item, name);
      for (const secret of found.secrets) secrets.push({ ...secret, ...(group === undefined ? {} : { group }) });
      left.push(...found.left);
    }
  }
  return { secrets, left, notes: [] };
}

function partsOf(item: JsonValue, name: string): Omit<Found, "notes"> {
  const kind = field(item, "type");
  const number = kind?.kind === "plain" ? kind.text : "";
  const main = upperName(name);
  const secrets: FoundSecret[] = [];
  const left: LeftOut[] = [];
  const take = (label: string, text: string | undefined, wanted: string): void => {
    if (text !== undefined) secrets.push({ from: `${name} / ${label}`, wanted, value: Buffer.from(text, "utf8") });
  };
  if (number === CARD || number === IDENTITY) {
    left.push({ from: name, reason: number === CARD ? "a card" : "an identity" });
    return { secrets, left };
  }
  const login = field(item, "login");
  take("username", textField(login, "username"), upperName(`${name} username`));
  take("password", textField(login, "password"), main);
  if (textField(login, "totp") !== undefined)
    left.push({ from: `${name} / totp`, reason: "a one-time password, which a program has no use for" });
  const key = field(item, "sshKey");
  take("private key", textField(key, "privateKey"), main);
  take("public key", textField(key, "publicKey"), upperName(`${name} public key`));
  const notes = textField(item, "notes");
  if (number === NOTE) take("notes", notes, main);
  else if (notes !== undefined) left.push({ from: `${name} / notes`, reason: "a note" });
  for (const own of items(field(item, "fields"))) {
    const label = textField(own, "name") ?? "field";
    const text = textField(own, "value");
    if (text === undefined) left.push({ from: `${name} / ${label}`, reason: "empty, or a link to another field" });
    else take(label, text, fieldName(label, name));
  }
  return { secrets, left };
}

const NOTE = "2";
const CARD = "3";
const IDENTITY = "4";
