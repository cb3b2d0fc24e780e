import assert from "node:assert/strict";
import { createPrivateKey } from "node:crypto";
import { test } from "node:test";
import { isVaultError } from "#core/vault-error.ts";
import { ALPHABETS, GENERATED_FORMATS, type GenerateOptions, generateValue } from "#mcp/generate-value.ts";

const textOf = async (options: GenerateOptions) => Buffer.from(await generateValue(options)).toString("utf8");

test("each format looks as its name says", async () => {
  assert.match(await textOf({}), /^[A-Za-z0-9]{32}$/);
  assert.match(await textOf({ alphabet: "digits", length: 30 }), /^\d{30}$/);
  assert.match(
    await textOf({ format: "uuid" }),
    /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/,
  );
  assert.match(await textOf({ format: "hex", length: 16 }), /^[0-9a-f]{32}$/);
  assert.equal(Buffer.from(await textOf({ format: "base64" }), "base64").length, 32);
  assert.match(await textOf({ format: "base64url" }), /^[A-Za-z0-9_-]{43}$/);
  for (const format of ["ed25519", "p256", "rsa"] as const) {
    assert.equal(createPrivateKey(await textOf({ format })).type, "private");
  }
});

test("two values are never the same", async () => {
  for (const format of GENERATED_FORMATS.filter((each) => each !== "rsa")) {
    assert.notEqual(await textOf({ format }), await textOf({ format }), format);
  }
});

test("every letter of an alphabet comes up", async () => {
  for (const [name, alphabet] of Object.entries(ALPHABETS)) {
    const text = await textOf({ alphabet: name as keyof typeof ALPHABETS, length: 4096 });
    assert.deepEqual([...new Set(text)].sort(), [...alphabet].sort(), name);
  }
});

test("S75 options that would make a value easy to guess are refused", async () => {
  for (const options of [
    { length: 13 },
    { length: 1 },
    { alphabet: "digits", length: 24 },
    { format: "hex", length: 9 },
    { length: 1.5 },
    { length: 5000 },
    { format: "rsa", length: 1024 },
  ] as const) {
    await assert.rejects(
      generateValue(options),
      (error) => isVaultError(error, "argument-invalid"),
      JSON.stringify(options),
    );
  }
});
