import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import fc from "fast-check";
import { logText } from "../../../bench/redact-texts.ts";
import { credentialRules } from "../../../extension/core/redact/credential-rules.ts";
import { detectCredentials, maskCredentials } from "../../../extension/core/redact/detectors.ts";
import { KeywordFinder } from "../../../extension/core/redact/keyword-finder.ts";

const ROOT = new URL("../../..", import.meta.url).pathname;

/** Built at run time, so that no scanner takes this file for a leak. */
const GITHUB = `ghp_${"k3Jx9Qw2Lm7Zt5Vb8Nc4"}${"Rf6Hd1Sg0PyTuAeO"}`;
const AWS = `AKIA${"Q3EGRIWP5TVNHPYJ"}`;

test("S58 a credential that is in no vault is masked by its format, and counted by rule", () => {
  const { text, found } = maskCredentials(`a ${GITHUB} b ${AWS}\nurl https://app:s3cr3tPw9x@db.example/ c`);
  assert.equal(
    text,
    "a [redacted:rule:github-token] b [redacted:rule:aws-access-key-id]\nurl https://app:[redacted:rule:url-password]@db.example/ c",
  );
  assert.deepEqual(Object.fromEntries(found), { "github-token": 1, "aws-access-key-id": 1, "url-password": 1 });
});

test("S58 in warn mode the text stays, and the count is the same", () => {
  const { text, found } = maskCredentials(`x ${AWS}`, "warn");
  assert.equal(text, `x ${AWS}`);
  assert.deepEqual([...found], [["aws-access-key-id", 1]]);
});

test("S58 every rule finds what its own expression makes", () => {
  for (const rule of credentialRules()) {
    const source = rule.regex.source.replace(/\(\?<?[!=](?:[^()\\]|\\.)*\)/g, "");
    const examples = fc.sample(fc.stringMatching(new RegExp(`^(?:${source})$`)), { numRuns: 40, seed: 7 });
    const keyword = rule.keywords[0]!;
    const texts = examples.map((example) => `${example.includes(keyword) ? "" : `${keyword} `}${example}`);
    assert.ok(
      texts.some((text) => detectCredentials(`\n${text}@host\n`).length > 0),
      rule.id,
    );
  }
});

test("hashes, lock files, source text, logs and base64 hold no credential", () => {
  const lock = readFileSync(join(ROOT, "package-lock.json"), "utf8");
  assert.deepEqual(detectCredentials(lock), []);
  assert.deepEqual(detectCredentials(logText(2 << 20).toString("latin1")), []);
  assert.deepEqual(detectCredentials(Buffer.from(logText(1 << 20)).toString("base64")), []);
  for (const folder of ["extension/core", "mcp-server"]) {
    for (const entry of readdirSync(join(ROOT, folder), { recursive: true, withFileTypes: true })) {
      if (!entry.isFile()) continue;
      const path = join(entry.parentPath, entry.name);
      assert.deepEqual(detectCredentials(readFileSync(path, "utf8")), [], path);
    }
  }
});

test("a repeated character in the place of a key is an example, whatever its format", () => {
  for (const text of [`AKIA${"A".repeat(16)}`, `ghp_${"x".repeat(36)}`, "AKIAIOSFODNN7EXAMPLE"]) {
    assert.deepEqual(detectCredentials(text), []);
  }
});

test("S59 the expressions together see no character more than once per rule, however often a keyword stands there", () => {
  const finder = new KeywordFinder(credentialRules());
  for (const rule of credentialRules()) {
    const text = rule.keywords[0]!.repeat(5000);
    const seen = new Map<string, number>();
    for (const window of finder.windows(text)) {
      seen.set(window.rule.id, (seen.get(window.rule.id) ?? 0) + window.end - window.start);
    }
    for (const length of seen.values()) assert.ok(length <= text.length + 2);
  }
});
