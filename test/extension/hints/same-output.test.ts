import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { test } from "node:test";
import { languageOf } from "#vscode/hints/languages.ts";
import { readCredential, replaceCredential } from "#vscode/hints/replace-credential.ts";

const VALUE = "K3Y V4LUE-$&`x";

/** The program after the move, which must not hold the value any more. */
function moved(languageId: string, source: string, written: string): string {
  const language = languageOf(languageId, "/project/file");
  const found = { start: source.indexOf(written), end: source.indexOf(written) + written.length };
  const read = readCredential(source, found, language);
  assert.equal(read?.value, VALUE, source);
  const replacement = replaceCredential(source, found, read.place, language, "NAME");
  assert.equal(replacement.kind, "edits", source);
  let result = source;
  for (const { start, end, text } of replacement.kind === "edits" ? [...replacement.edits].reverse() : [])
    result = result.slice(0, start) + text + result.slice(end);
  assert.ok(!result.includes("V4LUE"), result);
  return result;
}

function assertSameOutput(program: string, args: readonly string[], before: string, after: string): void {
  const run = (source: string) =>
    execFileSync(program, [...args, source], { env: { ...process.env, NAME: VALUE, other: "o" }, encoding: "utf8" });
  assert.equal(run(after), run(before), after);
}

test("a program of JavaScript prints the same after the move", () => {
  const inQuotes = VALUE;
  const inTemplate = VALUE.replaceAll("`", "\\`");
  const source = [
    `"${inQuotes}"`,
    `'a \`b\` \${c} ${inQuotes} \\'d\\' \\\\ e'`,
    `{ key: "a ${inQuotes}", b: 1 }`,
    `"a ${inQuotes}".length`,
    `["x", '${inQuotes}/y'].join()`,
  ];
  const lines = source.map((expression) => `console.log(${expression});`);
  for (const line of lines) assertSameOutput(process.execPath, ["-e"], line, moved("javascript", line, inQuotes));
  const template = `console.log(\`a \${[1].map((n) => \`<\${n}>\`)} ${inTemplate} b\`);`;
  assertSameOutput(process.execPath, ["-e"], template, moved("javascript", template, inTemplate));
});

test("a shell script prints the same after the move", { skip: process.platform === "win32" }, () => {
  const quoted = VALUE.replaceAll(/[$`]/g, "\\$&");
  for (const [script, written] of [
    [`printf '<%s>' "${quoted}" b`, quoted],
    [`printf '<%s>' "a ${quoted} $other" b`, quoted],
    [`printf '<%s>' "$(echo "x") ${quoted}"`, quoted],
    [`printf '<%s>' '${VALUE}' b`, VALUE],
    [`printf '<%s>' 'a ${VALUE} $b' c`, VALUE],
    [`cat <<'E'\nit's\nE\nX='${VALUE}' sh -c 'printf %s "$X"'`, VALUE],
  ] as const)
    assertSameOutput("sh", ["-c"], script, moved("shellscript", script, written));
});
