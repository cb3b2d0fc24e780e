import { isUtf8 } from "node:buffer";
import { stringify } from "yaml";
import { equal } from "../crypto/hash.ts";
import { wipe } from "../crypto/wipe.ts";
import { IMPORT_FORMATS } from "../import/import-format.ts";
import { VaultError } from "../vault-error.ts";
import type { ExportedSecret } from "./exported-secret.ts";

export const PLAIN_FORMATS = ["dotenv", "json", "yaml"] as const;
export type PlainFormat = (typeof PLAIN_FORMATS)[number];

/**
 * Values in the clear, as other programs read them. The text is read again by the reader of `ov import`, and compared:
 * refuses with `value-invalid`, before anything leaves, what the format would turn into another value. The caller wipes it.
 */
export function plainExport(secrets: readonly ExportedSecret[], format: PlainFormat): Buffer {
  const bytes = WRITE[format](secrets);
  const read = IMPORT_FORMATS[format].read(bytes).secrets;
  const values = new Map(read.map(({ wanted, value }) => [wanted, value]));
  const changed = secrets.filter(({ name, value }) => !equal(values.get(name) ?? Buffer.alloc(0), value));
  wipe(...values.values());
  if (changed.length === 0) return bytes;
  wipe(bytes);
  throw new VaultError(
    "value-invalid",
    `${format} can't hold the value of ${changed.map(({ name }) => name).join(", ")}. Nothing was written. Use YAML (--format yaml), or an export under a passphrase (--passphrase).`,
  );
}

const WRITE = { dotenv: writeDotenv, json: writeJson, yaml: writeYaml } as const satisfies Record<
  PlainFormat,
  (secrets: readonly ExportedSecret[]) => Buffer
>;

/** Always in quotes, the first kind that the value has none of: inside of them there is no way to write one. */
function writeDotenv(secrets: readonly ExportedSecret[]): Buffer {
  const lines = secrets.map(({ name, value }) => {
    const text = Buffer.from(value).toString("latin1");
    const quote = ["'", "`", '"'].find((each) => !text.includes(each));
    // Left out, which the caller notices: what programs make of it depends on the program.
    return Buffer.from(quote === undefined ? "" : `${name}=${quote}${text}${quote}\n`, "latin1");
  });
  return Buffer.concat(lines);
}

/** What is no text is `{"base64": "…"}`. */
function writeJson(secrets: readonly ExportedSecret[]): Buffer {
  const entries = secrets.map(({ name, value }): [string, unknown] => {
    const bytes = Buffer.from(value);
    return [name, isUtf8(bytes) ? bytes.toString("utf8") : { base64: bytes.toString("base64") }];
  });
  return Buffer.from(`${JSON.stringify(Object.fromEntries(entries), null, 2)}\n`, "utf8");
}

/** What is no text is `!!binary`. */
function writeYaml(secrets: readonly ExportedSecret[]): Buffer {
  const entries = secrets.map(({ name, value }): [string, unknown] => {
    const bytes = Buffer.from(value);
    return [name, isUtf8(bytes) ? bytes.toString("utf8") : new Uint8Array(bytes)];
  });
  const quoted = { defaultStringType: "QUOTE_DOUBLE", defaultKeyType: "PLAIN", lineWidth: 0 } as const;
  return Buffer.from(stringify(Object.fromEntries(entries), { ...quoted, customTags: ["binary"] }), "utf8");
}
