import assert from "node:assert/strict";
import { test } from "node:test";
import type { ImportFormat } from "#core/import/format-names.ts";
import { IMPORT_FORMATS } from "#core/import/import-format.ts";
import { readFile } from "./read-with.ts";

const VALUE = "sk_live_tQ9wXr7LmN2v";

test("S280 no error of an import quotes a value, whatever is wrong with the file", () => {
  const files = [
    `{"A":"${VALUE}"`,
    `{"A":"${VALUE}",,}`,
    `{"A":"${VALUE}","A":"${VALUE}2"}`,
    `{"A":"${VALUE}\\ud800"}`,
    `[{"key":"A","value":{"x":"${VALUE}"}},{"value":"${VALUE}"}]`,
    `{"a-b":"${VALUE}","a_b":"${VALUE}"}`,
    `A: "${VALUE}\nB: [`,
    `A: ${VALUE}\nA: ${VALUE}\n`,
    `- ${VALUE}\n`,
    `"${VALUE}"`,
    `{"encrypted":true,"items":["${VALUE}"]}`,
    `{"Name":"n","SecretBinary":"${VALUE}!"}`,
    `{"a":"${VALUE}"}{"b":"${VALUE}"}`,
    Buffer.from(`A=${VALUE}`, "utf16le"),
    Buffer.concat([Buffer.from(`{"A":"${VALUE}`), Buffer.from([0xff]), Buffer.from('"}')]),
  ];
  let refused = 0;
  for (const file of files) {
    for (const format of [undefined, ...(Object.keys(IMPORT_FORMATS) as ImportFormat[])]) {
      try {
        readFile(file, format);
      } catch (error) {
        refused++;
        assert.ok(error instanceof Error);
        assert.equal("code" in error && error.code, "value-invalid", `${format}: ${error.stack}`);
        const told = `${error.message}${error.stack}${String(error.cause ?? "")}`;
        assert.ok(!told.includes(VALUE.slice(0, 8)), `${format} of ${String(file).slice(0, 20)}`);
      }
    }
  }
  assert.ok(refused > 80, String(refused));
});

test("UTF-16, and bytes that are no UTF-8 in JSON or YAML, are refused by their encoding", () => {
  assert.throws(() => readFile(Buffer.from("\ufeffA=1", "utf16le")), /UTF-16/);
  assert.throws(() => readFile(Buffer.from("A=1", "utf16le")), /UTF-16/);
  assert.throws(
    () => readFile(Buffer.concat([Buffer.from('{"A":"'), Buffer.from([0xe4]), Buffer.from('"}')])),
    /not UTF-8/,
  );
});

test("a byte-order mark is no part of the first name", () => {
  for (const file of ["\ufeffA=1", '\ufeff{"A":"1"}', "\ufeffA: '1'"])
    assert.deepEqual(readFile(file).values, { A: "1" });
});

test("bytes of a .env file that are no UTF-8 survive", () => {
  const bytes = Buffer.concat([
    Buffer.from('A="'),
    Buffer.from([0xff, 0x80, 0xa0]),
    Buffer.from('"\nB='),
    Buffer.from([0xe4, 0xa0, 10]),
  ]);
  assert.deepEqual(readFile(bytes).values, { A: "\xff\x80\xa0", B: "\xe4\xa0" });
});

test("numbers keep their digits, in JSON and in YAML", () => {
  const digits = { A: "12345678901234567890", B: "1e3", C: "0.10" };
  assert.deepEqual(readFile('{"A":12345678901234567890,"B":1e3,"C":0.10}').values, digits);
  assert.deepEqual(readFile("A: 12345678901234567890\nB: 1e3\nC: 0.10\n").values, digits);
  assert.deepEqual(readFile("A: 0123\nB: yes\nC: 0x1F\n").values, { A: "0123", B: "yes", C: "0x1F" });
});

test("a name that comes twice in JSON or YAML is refused, not decided", () => {
  assert.throws(() => readFile('{"A":"1","A":"2"}'), /twice/);
  assert.throws(() => readFile("A: 1\nA: 2\n"), /twice; see line 2/);
});

test("two entries that would get one name are refused, unless one is left out", () => {
  const file = '{"db/key":"1","db-key":"2"}';
  assert.throws(() => readFile(file), /Two entries of the file would both be DB_KEY: "db\/key" and "db-key"/);
  assert.deepEqual(readFile(file, undefined, ["db-key"]).values, { DB_KEY: "1" });
  assert.throws(() => readFile(file, undefined, ["db-key", "nonsense"]), { code: "argument-invalid" });
});

test("names that are no variables are spelled as such, and those that load code are left out", () => {
  const { values, left } = readFile(
    '{"db/pass-word":"1","apiKey":"2","2fa":"3","été":"4","日本":"5","node.options":"6","LD_PRELOAD":"7"}',
  );
  assert.deepEqual(values, { DB_PASS_WORD: "1", apiKey: "2", _2FA: "3", ETE: "4" });
  assert.deepEqual(Object.keys(left), ["日本", "node.options", "LD_PRELOAD"]);
});

test("what is nested, empty or too long is left out with the reason", () => {
  const { values, left } = readFile(
    JSON.stringify({ A: { b: 1 }, C: [1], D: "", E: null, F: "x".repeat(65_537), G: "g" }),
  );
  assert.deepEqual(values, { G: "g" });
  assert.match(left.A!, /nested: it holds an object/);
  assert.match(left.C!, /nested: it holds a list/);
  assert.deepEqual([left.D, left.E, left.F], ["empty", "empty", "longer than 65536 bytes"]);
  assert.match(readFile("A: 1\nB:\n  c: d\nC: &x 1\nD: *x\n").left.B!, /nested/);
});

test("a file of hundreds of nested lists is refused, and costs nothing", () => {
  assert.throws(() => readFile("[".repeat(100_000)), /nested too deeply/);
  assert.throws(() => readFile(`{"a":`.repeat(5000)), /nested too deeply/);
});

test("JSON of no known kind asks for --format, and a wrong --format is refused", () => {
  for (const file of ["[1,2]", "[]", "[[]]"]) assert.throws(() => readFile(file), { code: "value-invalid" }, file);
  for (const format of ["infisical", "1password", "aws", "vault", "bitwarden", "bws"] as const) {
    assert.throws(() => readFile('{"A":"1"}', format), { code: "value-invalid" }, format);
  }
});
