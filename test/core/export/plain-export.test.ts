import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { PLAIN_FORMATS, plainExport } from "#core/export/plain-export.ts";
import { IMPORT_FORMATS } from "#core/import/import-format.ts";
import type { SecretName } from "#core/vault/context.ts";

const secret = (value: Uint8Array | string) => ({ name: "KEY" as SecretName, value: Buffer.from(value as string) });

test("what a plain export holds is what was stored, for any bytes, or the export is refused", () => {
  const values = fc.oneof(
    fc.uint8Array({ minLength: 1, maxLength: 60 }),
    fc.string({ minLength: 1, maxLength: 60, unit: "binary" }).map((text) => Buffer.from(text)),
    fc
      .string({ minLength: 1, unit: fc.constantFrom("'", '"', "`", "\\", "n", "\n", "\r", "$", "#", "=", " ", "{") })
      .map((text) => Buffer.from(text)),
  );
  let written = 0;
  fc.assert(
    fc.property(values, fc.constantFrom(...PLAIN_FORMATS), (value, format) => {
      let bytes: Buffer;
      try {
        bytes = plainExport([secret(value)], format);
      } catch (error) {
        assert.equal((error as { code?: string }).code, "value-invalid");
        assert.ok(format !== "json", "JSON can hold anything");
        return;
      }
      written++;
      assert.deepEqual(IMPORT_FORMATS[format].read(bytes).secrets[0]?.value, Buffer.from(value));
    }),
    { numRuns: 600 },
  );
  assert.ok(written > 300, String(written));
});

test("values of several lines, with quotes or no text, survive each format that can hold them", () => {
  for (const value of ["two\nlines\n", "it's", 'say "hi"', " spaces ", "a$b#c", "\\n"]) {
    for (const format of PLAIN_FORMATS) plainExport([secret(value)], format);
  }
  for (const format of ["json", "yaml", "dotenv"] as const) plainExport([secret(Buffer.from([255, 1, 254]))], format);
});

test("a value that a .env file can't hold is refused by its name, and not quoted", () => {
  assert.throws(
    () => plainExport([secret("all'of`them\"kZ4t")], "dotenv"),
    (error: Error) => /dotenv can't hold the value of KEY/.test(error.message) && !error.message.includes("kZ4t"),
  );
});
