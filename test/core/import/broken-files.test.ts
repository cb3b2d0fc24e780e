import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { IMPORT_FORMAT_NAMES } from "#core/import/format-names.ts";
import { isVaultError } from "#core/vault-error.ts";
import { readFile } from "./read-with.ts";

const VALUE = "tQ9wXr7LmN2vkZ4t";

const SAMPLES = [
  `A="${VALUE}"\nexport B='x'\n# c\nD=1\n`,
  `DOPPLER_PROJECT: "shop"\nA: "${VALUE}"\nB: !!binary aGk=\nC: |\n  1\n  2\n`,
  JSON.stringify({ A: VALUE, DOPPLER_CONFIG: "x", N: 1.5, O: { base64: "aGk=" }, Z: null }),
  JSON.stringify([{ key: "A", value: VALUE, type: "personal", tags: [{ slug: "s" }], secretPath: "/x", comment: "c" }]),
  JSON.stringify({
    title: "T",
    category: "LOGIN",
    tags: ["t"],
    vault: { name: "V" },
    files: [{ name: "f" }],
    fields: [{ id: "password", label: "p", purpose: "PASSWORD", value: VALUE, section: { label: "s" } }],
  }),
  JSON.stringify({
    SecretValues: [
      { Name: "a/b", SecretString: `{"k":"${VALUE}"}`, VersionStages: ["AWSCURRENT"] },
      { Name: "c", SecretBinary: "aGk=" },
    ],
    Errors: [{ SecretId: "e", ErrorCode: "x" }],
  }),
  JSON.stringify({
    request_id: "r",
    lease_id: "",
    data: { data: { k: VALUE }, metadata: { version: 1, destroyed: false } },
  }),
  JSON.stringify({
    encrypted: false,
    folders: [{ id: "f", name: "F" }],
    items: [
      {
        type: 1,
        name: "n",
        folderId: "f",
        login: { username: "u", password: VALUE },
        fields: [{ name: "l", value: "v" }],
      },
    ],
  }),
  JSON.stringify([{ organizationId: "o", projectId: "p", key: "K", value: VALUE, note: "n" }]),
];

/** What happens to files: they are cut, bytes turn, pieces double or go, and values are of another kind than they were. */
const broken = fc
  .record({
    sample: fc.constantFrom(...SAMPLES),
    at: fc.double({ min: 0, max: 1, noNaN: true }),
    how: fc.constantFrom("cut", "flip", "drop", "double", "null", "number", "list", "object", "text"),
    byte: fc.integer({ min: 0, max: 255 }),
  })
  .map(({ sample, at, how, byte }) => {
    const bytes = Buffer.from(sample);
    const place = Math.floor(at * bytes.length);
    if (how === "cut") return bytes.subarray(0, place);
    if (how === "flip") return Buffer.concat([bytes.subarray(0, place), Buffer.of(byte), bytes.subarray(place + 1)]);
    if (how === "drop") return Buffer.concat([bytes.subarray(0, place), bytes.subarray(place + 1 + (byte % 20))]);
    if (how === "double") return Buffer.concat([bytes.subarray(0, place), bytes.subarray(Math.max(0, place - byte))]);
    const other = { null: "null", number: "7", list: "[]", object: "{}", text: '"x"' }[how];
    let seen = 0;
    const count = [...sample.matchAll(/:\s*("[^"]*"|[[{])/g)].length;
    const wanted = Math.floor(at * count);
    return Buffer.from(
      sample.replace(/:(\s*)"[^"]*"/g, (match, space) => (seen++ === wanted ? `:${space}${other}` : match)),
    );
  });

test("a broken file is read, or refused with an error of its own that quotes no value, whatever it is taken for", () => {
  fc.assert(
    fc.property(broken, fc.constantFrom(undefined, ...IMPORT_FORMAT_NAMES), (bytes, format) => {
      try {
        const { named } = readFile(bytes, format);
        for (const { from, reason } of named.left) assert.ok(!reason.includes(VALUE) && typeof from === "string");
        assert.ok(named.notes.every((note) => !note.includes(VALUE)));
      } catch (error) {
        assert.ok(
          isVaultError(error, "value-invalid"),
          `${format}: ${String(error instanceof Error ? error.stack : error)}`,
        );
        assert.ok(!error.message.includes(VALUE.slice(0, 8)), error.message);
      }
    }),
    { numRuns: 4000 },
  );
});
