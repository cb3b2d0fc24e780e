import { badFile, type FixedReason, type Found, type FoundSecret, type LeftOut } from "./found-secret.ts";
import { field, items, textField } from "./json-shape.ts";
import { type JsonValue, readJson } from "./json-value.ts";
import { fieldName, upperName } from "./variable-name.ts";

/**
 * `op item get ITEM --format json`, or many of them: `op item list --format json | op item get - --format json` prints one
 * behind the other (https://developer.1password.com/docs/cli/item-template-json, …/docs/cli/reference/management-commands/item).
 * The item's main field takes the item's name, the others the item's and their own. 1PUX, a zip, is not read.
 */
export function readOnePassword(bytes: Uint8Array): Found {
  const values = readJson(bytes);
  const secrets: FoundSecret[] = [];
  const left: LeftOut[] = [];
  for (const item of values.flatMap((value) => (value.kind === "array" ? value.items : [value]))) {
    const title = textField(item, "title");
    const fields = field(item, "fields");
    if (title === undefined) throw badFile("is no item of 1Password: it has no title.");
    if (fields === undefined) {
      throw badFile(
        "lists items without their fields. Get them: op item list --format json | op item get - --format json",
      );
    }
    for (const each of items(fields)) addField(item, title, each, secrets, left);
    for (const file of items(field(item, "files"))) {
      left.push({ from: `${title} / ${textField(file, "name") ?? "file"}`, reason: "a file, which op doesn't print" });
    }
  }
  return { secrets, left, notes: [] };
}

function addField(item: JsonValue, title: string, each: JsonValue, secrets: FoundSecret[], left: LeftOut[]): void {
  const label = textField(each, "label") ?? textField(each, "id") ?? "field";
  const section = textField(field(each, "section"), "label");
  const from = [title, section, label].filter((part) => part !== undefined).join(" / ");
  const text = textField(each, "value");
  const reason = whyNot(item, each, text);
  if (reason !== undefined || text === undefined) return void left.push({ from, reason: reason ?? "empty" });
  if (/^\[use 'op item get .*--reveal/.test(text))
    throw badFile("has its values hidden. Export it with op's --reveal.");
  const tags = items(field(item, "tags")).flatMap((tag) => (tag.kind === "text" ? [tag.text] : []));
  const vault = textField(field(item, "vault"), "name");
  const twin = items(field(item, "fields")).filter((other) => textField(other, "label") === label).length > 1;
  const place = twin && section !== undefined ? `${title} ${section}` : title;
  secrets.push({
    ...{
      from,
      wanted: isMain(item, each) ? upperName(title) : fieldName(label, place),
      value: Buffer.from(text, "utf8"),
    },
    ...(tags.length === 0 ? {} : { tags }),
    ...(vault === undefined ? {} : { group: vault }),
  });
}

function whyNot(item: JsonValue, each: JsonValue, text: string | undefined): FixedReason | undefined {
  const isNote = textField(each, "purpose") === "NOTES";
  if (text === undefined) return "empty";
  if (textField(each, "type") === "OTP") return "a one-time password, which a program has no use for";
  if (isNote && textField(item, "category") !== "SECURE_NOTE") return "a note";
  return undefined;
}

function isMain(item: JsonValue, each: JsonValue): boolean {
  if (textField(item, "category") === "SECURE_NOTE" && textField(each, "purpose") === "NOTES") return true;
  return textField(each, "purpose") === "PASSWORD" || ["credential", "password"].includes(textField(each, "id") ?? "");
}
