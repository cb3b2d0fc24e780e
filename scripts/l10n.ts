// Writes l10n/bundle.l10n.json, the English strings of the extension: `node scripts/l10n.ts`. Then tells what the German
// bundle lacks, and what it has too much.
import { globSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { getL10nJson, type l10nJsonFormat } from "@vscode/l10n-dev";

const ROOT = join(import.meta.dirname, "..");
const ENGLISH = join(ROOT, "l10n/bundle.l10n.json");
const GERMAN = join(ROOT, "l10n/bundle.l10n.de.json");

/** Every string that the code gives to l10n.t, as VS Code's own tool finds them. */
export async function stringsOfCode(): Promise<Readonly<Record<string, string>>> {
  const files = globSync("extension/vscode/**/*.ts", { cwd: ROOT }).sort();
  const sources = files.map((file) => ({ extension: ".ts", contents: readFileSync(join(ROOT, file), "utf8") }));
  const found = Object.entries(await getL10nJson(sources)).map(
    ([key, message]) => [key, typeof message === "string" ? message : message.message] as const,
  );
  return Object.fromEntries(found.toSorted(([one], [other]) => (one < other ? -1 : 1)));
}

/**
 * Places of the window that show words of core as they are, which are English: messages of refusals, and what a policy
 * does. extension/vscode/words says them in the language of the window, by code and kind.
 */
export function englishOfCore(): readonly string[] {
  return globSync("extension/vscode/**/*.ts", { cwd: ROOT })
    .filter((file) => !TELLERS.includes(file))
    .sort()
    .flatMap((file) =>
      [...readFileSync(join(ROOT, file), "utf8").matchAll(OF_CORE)].map(([words]) => `${file}: ${words}`),
    );
}

const OF_CORE = /\berror\.message\b|\b(?:TRAIT_MEANING|changesBetween|networkText|reasonOf)\b/g;
/** The first says messages in other languages; the second reads where a file is wrong, and shows no message whole. */
const TELLERS = ["extension/vscode/words/error-text.ts", "extension/vscode/hints/project-file-problem.ts"];

/** Keys of `one` that `other` has not. */
export function missingIn(other: l10nJsonFormat, one: l10nJsonFormat): readonly string[] {
  return Object.keys(one).filter((key) => other[key] === undefined);
}

if (import.meta.main) {
  const english = await stringsOfCode();
  writeFileSync(ENGLISH, `${JSON.stringify(english, undefined, 2)}\n`);
  const german = JSON.parse(readFileSync(GERMAN, "utf8")) as l10nJsonFormat;
  for (const key of missingIn(german, english)) console.log(`has no German: ${JSON.stringify(key)}`);
  for (const key of missingIn(english, german)) console.log(`is in no code: ${JSON.stringify(key)}`);
  for (const place of englishOfCore()) console.log(`shows English of core: ${place}`);
}
