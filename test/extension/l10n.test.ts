import assert from "node:assert/strict";
import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { englishOfCore, stringsOfCode } from "../../scripts/l10n.ts";

const ROOT = join(import.meta.dirname, "../..");
type Texts = Readonly<Record<string, string>>;

test("every string of the code is in the English bundle, which holds no other", async () => {
  assert.deepEqual(await stringsOfCode(), read("l10n/bundle.l10n.json"), "node scripts/l10n.ts writes it again");
});

test("no place of the window shows the English of core as it is", () => {
  assert.deepEqual(englishOfCore(), []);
});

test("the code gives l10n.t nothing but literals, since another text is in no bundle", () => {
  for (const file of globSync("extension/vscode/**/*.ts", { cwd: ROOT })) {
    const calls = readFileSync(join(ROOT, file), "utf8").matchAll(/\bl10n\s*\.t\((?!\s*["'])[^\n]*/g);
    assert.deepEqual([...calls].flat(), [], file);
  }
});

for (const [english, german] of [
  ["l10n/bundle.l10n.json", "l10n/bundle.l10n.de.json"],
  ["package.nls.json", "package.nls.de.json"],
] as const) {
  test(`${german} has a text for each of ${english}, and for no other`, () => {
    assert.deepEqual(Object.keys(read(german)).sort(), Object.keys(read(english)).sort());
    for (const [key, text] of Object.entries(read(german))) assert.notEqual(text.trim(), "", key);
  });

  test(`${german} keeps placeholders, links, code and icons`, () => {
    const translated = read(german);
    for (const [key, text] of Object.entries(read(english)))
      assert.deepEqual(fixedParts(translated[key] ?? ""), fixedParts(text), key);
  });
}

test("every command that a welcome or the walkthrough links to is there", () => {
  const manifest = JSON.stringify(JSON.parse(readFileSync(join(ROOT, "package.json"), "utf8")).contributes.commands);
  const links = Object.values(read("package.nls.json")).flatMap((text) => [...text.matchAll(/\(command:([^)]+)\)/g)]);
  assert.ok(links.length > 8, "the texts have links");
  for (const [, command] of links)
    if (command?.startsWith("opaquevault.")) assert.ok(manifest.includes(`"${command}"`), command);
});

/** What a translation must not change: {0}, (command:…), `code`, $(icon). Sorted, since words move. */
function fixedParts(text: string): readonly string[] {
  return (text.match(/\{\d\}|\(command:[^)]+\)|`[^`]+`|\$\([a-z-]+\)/g) ?? []).sort();
}

function read(file: string): Texts {
  return JSON.parse(readFileSync(join(ROOT, file), "utf8")) as Texts;
}
