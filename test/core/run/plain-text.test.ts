import assert from "node:assert/strict";
import { test } from "node:test";
import { compileMatcher } from "#core/redact/matcher.ts";
import { plainText } from "#core/run/plain-text.ts";
import { typedLines } from "#core/run/typed-lines.ts";
import { UNREDACTED } from "#core/run/unredacted.ts";
import { waitPattern } from "#core/run/wait-pattern.ts";
import { isVaultError } from "#core/vault-error.ts";
import { API_KEY } from "./leased.ts";

test("S28 a value that becomes whole when escape sequences are taken out is redacted all the same", () => {
  const matcher = compileMatcher([{ name: "API_KEY", value: Buffer.from(API_KEY) }]);
  const [a, b] = [API_KEY.slice(0, 9), API_KEY.slice(9)];
  for (const between of ["\u001b[0m", "\u001b]0;title\u0007", "\0", "\u0007", "\u009b1m", "x\b"]) {
    const shown = plainText(Buffer.from(`<${a}${between}${b}>\n`), matcher);
    assert.ok(!shown.includes(b.slice(2)) && !shown.includes(a.slice(2)), JSON.stringify(between));
  }
});

test("terminal output becomes plain lines", () => {
  const none = compileMatcher([]);
  assert.ok(none !== UNREDACTED);
  const shown = (text: string): string => plainText(Buffer.from(text), none);
  assert.equal(shown("\u001b[1;31mred\u001b[0m\r\nnext\r\n"), "red\nnext\n");
  assert.equal(shown("10%\r50%\r100%\r\ndone"), "100%\ndone");
  assert.equal(shown("abc\b\bX\n"), "aX\n");
  assert.equal(shown("tab\there\u0007"), "tab\there");
});

test("a wait pattern matches text with stars, in one pass", () => {
  assert.ok(waitPattern("ready")("it is ready."));
  assert.ok(waitPattern("port * ready")("port 3000 is ready"));
  assert.ok(!waitPattern("ready*port")("port 3000 ready"));
  assert.ok(!waitPattern("a.c")("abc"));
  const stars = waitPattern(`${"*a".repeat(1_000)}*b`);
  assert.ok(!stars("a".repeat(20_000)));
});

test("Enter follows each line, but not a control character at the end", () => {
  const enters = (input: string, enter?: boolean): string =>
    typedLines(input, enter)
      .map((line) => line.text + (line.enter ? "<enter>" : ""))
      .join("");
  assert.equal(enters("ls"), "ls<enter>");
  assert.equal(enters("ls\n"), "ls<enter>");
  assert.equal(enters("a\r\nb\n"), "a<enter>b<enter>");
  assert.equal(enters("\u0003"), "\u0003");
  assert.equal(enters("a\n\u0004"), "a<enter>\u0004");
  assert.equal(enters(""), "<enter>");
  assert.equal(enters("y", false), "y");
  assert.throws(
    () => typedLines(`echo ${"ä".repeat(2_000)}`, undefined),
    (error) => isVaultError(error, "argument-invalid"),
  );
});
