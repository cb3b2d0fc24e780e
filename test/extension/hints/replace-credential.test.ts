import assert from "node:assert/strict";
import { test } from "node:test";
import { languageOf } from "#vscode/hints/languages.ts";
import { readCredential, replaceCredential } from "#vscode/hints/replace-credential.ts";

/** Stands for the credential in each text. */
const VALUE = "K3YV4LUE";

function replaced(
  languageId: string,
  text: string,
  path = "/project/file",
): string | { readonly write: string | undefined } {
  const language = languageOf(languageId, path);
  const start = text.indexOf(VALUE);
  const found = { start, end: start + VALUE.length };
  const read = readCredential(text, found, language);
  assert.equal(read?.value, VALUE);
  const replacement = replaceCredential(text, found, read.place, language, "NAME");
  if (replacement.kind === "advice") return { write: replacement.write };
  let result = text;
  for (const { start: from, end, text: put } of [...replacement.edits].sort((a, b) => b.start - a.start))
    result = result.slice(0, from) + put + result.slice(end);
  return result;
}

type Case = readonly [languageId: string, before: string, after: string, path?: string];

/** biome-ignore-start lint/suspicious/noTemplateCurlyInString: they are source texts of other languages. */
const WHOLE: readonly Case[] = [
  ["javascript", `const k = "${VALUE}";`, "const k = process.env.NAME;"],
  ["typescript", `const k: string = '${VALUE}';`, "const k: string = process.env.NAME;"],
  ["javascript", `const k = \`${VALUE}\`;`, "const k = process.env.NAME;"],
  ["typescriptreact", `<Map a="b" token="${VALUE}" />`, '<Map a="b" token={process.env.NAME} />'],
  ["typescriptreact", `const a="${VALUE}"`, "const a=process.env.NAME"],
  ["python", `import os\nk = '${VALUE}'\n`, 'import os\nk = os.environ["NAME"]\n'],
  ["python", `import os\nk = r"""${VALUE}"""\n`, 'import os\nk = os.environ["NAME"]\n'],
  ["python", `import os\nk = b"${VALUE}"\n`, 'import os\nk = os.environ["NAME"].encode()\n'],
  ["go", `package a\n\nimport "os"\n\nvar k = "${VALUE}"`, 'package a\n\nimport "os"\n\nvar k = os.Getenv("NAME")'],
  ["ruby", `k = "${VALUE}"`, 'k = ENV.fetch("NAME")'],
  ["php", `<?php $k = "${VALUE}";`, "<?php $k = getenv('NAME');"],
  ["java", `static final String K = "${VALUE}";`, 'static final String K = System.getenv("NAME");'],
  ["kotlin", `val k = "${VALUE}"`, 'val k = System.getenv("NAME")'],
  ["csharp", `var k = "${VALUE}";`, 'var k = Environment.GetEnvironmentVariable("NAME");'],
  ["rust", `let q = '"'; let k = "${VALUE}";`, `let q = '"'; let k = std::env::var("NAME").expect("NAME is not set");`],
  ["shellscript", `export K='${VALUE}'`, 'export K="$NAME"'],
  ["shellscript", `export K=${VALUE}`, 'export K="$NAME"'],
  ["powershell", `$k = '${VALUE}'`, "$k = $env:NAME"],
  ["dockerfile", `ENV K=${VALUE}`, "ENV K=${NAME}"],
  ["dockerfile", `ENV K='${VALUE}'`, 'ENV K="${NAME}"'],
  ["dotenv", `A=1\nK=${VALUE}\n`, "A=1\nK=${NAME}\n"],
  ["dotenv", `K="${VALUE}"`, 'K="${NAME}"'],
  ["dotenv", `K='${VALUE}'`, "K=${NAME}"],
  ["properties", `K=${VALUE}`, "K=${NAME}", "/project/.env.local"],
  ["yaml", `it: don't\nk: ${VALUE}`, "it: don't\nk: ${NAME}"],
  ["yaml", `k: "${VALUE}"`, 'k: "${NAME}"'],
  ["dockercompose", `environment:\n  - K=${VALUE}`, "environment:\n  - K=${NAME}"],
  ["yaml", `env:\n  K: ${VALUE}`, "env:\n  K: ${{ secrets.NAME }}", "/project/.github/workflows/ci.yml"],
  ["toml", `k = "${VALUE}"`, 'k = "${NAME}"'],
  ["json", `{"env": {"K": "${VALUE}"}}`, '{"env": {"K": "${NAME}"}}', "/project/.mcp.json"],
  ["jsonc", `{"env": {"K": "${VALUE}"}}`, '{"env": {"K": "${env:NAME}"}}', "/project/.vscode/mcp.json"],
  ["jsonc", `{"K": "${VALUE}"}`, '{"K": "${env:NAME}"}', "/home/me/.config/Code/User/mcp.json"],
  ["jsonc", `{"K": "${VALUE}"}`, '{"K": "${localEnv:NAME}"}', "/project/.devcontainer/devcontainer.json"],
];

const PART: readonly Case[] = [
  ["javascript", `x = \`Bearer ${VALUE}\``, "x = `Bearer ${process.env.NAME}`"],
  ["javascript", `x = \`\${f(\`a\`)} ${VALUE}\``, "x = `${f(`a`)} ${process.env.NAME}`"],
  ["javascript", `x = \`\${f("${VALUE}")}\``, "x = `${f(process.env.NAME)}`"],
  ["javascript", `x = '{"k":"${VALUE}"}'`, 'x = `{"k":"${process.env.NAME}"}`'],
  ["typescript", `x = 'it\\'s \`\${no} ${VALUE}'`, "x = `it\\'s \\`\\${no} ${process.env.NAME}`"],
  ["typescriptreact", `<A title="a ${VALUE}" />`, "<A title={`a ${process.env.NAME}`} />"],
  ["python", `import os\nx = f"{a} ${VALUE}"`, `import os\nx = f"{a} {os.environ['NAME']}"`],
  ["python", `import os\nx = 'a ${VALUE}'`, `import os\nx = f'a {os.environ["NAME"]}'`],
  ["go", `package a\nimport "os"\nx := "a ${VALUE} b"`, 'package a\nimport "os"\nx := "a " + os.Getenv("NAME") + " b"'],
  ["ruby", `x = "a #{b("c")} ${VALUE}"`, `x = "a #{b("c")} #{ENV.fetch('NAME')}"`],
  ["php", `<?php $x = "${VALUE} a";`, `<?php $x = getenv('NAME') . " a";`],
  ["java", `x = "a ${VALUE}".length();`, 'x = ("a " + System.getenv("NAME")).length();'],
  ["kotlin", `val x = "a ${VALUE}"`, 'val x = "a ${System.getenv("NAME")}"'],
  ["csharp", `x = $"{d["a"]} ${VALUE}";`, 'x = $"{d["a"]} {Environment.GetEnvironmentVariable("NAME")}";'],
  ["csharp", `x = @"a\\${VALUE}";`, 'x = @"a\\" + Environment.GetEnvironmentVariable("NAME");'],
  ["shellscript", `curl -H "A: $(echo "a") ${VALUE}"`, 'curl -H "A: $(echo "a") ${NAME}"'],
  ["shellscript", `curl -H 'A: ${VALUE} b'`, `curl -H 'A: '"$NAME"' b'`],
  ["shellscript", `cat <<EOF\nk=${VALUE}\nEOF`, "cat <<EOF\nk=${NAME}\nEOF"],
  ["ruby", `x = <<~SQL\n  it's ${VALUE}\nSQL\n`, "x = <<~SQL\n  it's #{ENV.fetch('NAME')}\nSQL\n"],
  ["powershell", `$x = @"\n a "b" ${VALUE}\n"@`, '$x = @"\n a "b" ${env:NAME}\n"@'],
  ["dotenv", `U="db://u:${VALUE}@h"`, 'U="db://u:${NAME}@h"'],
  ["json", `{"a": "Bearer ${VALUE}"}`, '{"a": "Bearer ${NAME}"}'],
  ["javascript", `// was "a" ${VALUE}`, '// was "a" process.env.NAME'],
];

const ADVISED: readonly (readonly [languageId: string, text: string, write: string | undefined])[] = [
  ["plaintext", VALUE, undefined],
  ["javascript", `x = {"${VALUE}": 1}`, "process.env.NAME"],
  ["javascript", `x = /${VALUE}/`, "process.env.NAME"],
  ["python", `x = "{} ${VALUE}".format(1)`, 'os.environ["NAME"]'],
  ["python", `x = ("a" "${VALUE}")`, 'os.environ["NAME"]'],
  ["go", `package a\nconst k = "${VALUE}"`, 'os.Getenv("NAME")'],
  ["go", `package a\nconst (\n\tk = "${VALUE}"\n)`, 'os.Getenv("NAME")'],
  ["kotlin", `const val K = "${VALUE}"`, 'System.getenv("NAME")'],
  ["csharp", `const string K = "${VALUE}";`, 'Environment.GetEnvironmentVariable("NAME")'],
  ["php", `<?php class A { private $k = '${VALUE}'; }`, "getenv('NAME')"],
  ["rust", `static K: &str = "${VALUE}";`, 'std::env::var("NAME").expect("NAME is not set")'],
  ["rust", `let x = "a ${VALUE}";`, 'std::env::var("NAME").expect("NAME is not set")'],
  ["shellscript", `cat <<'EOF'\nk=${VALUE}\nEOF`, '"$NAME"'],
  ["php", `<?php $x = <<<EOT\n  it's ${VALUE}\n  EOT;`, "getenv('NAME')"],
  ["dotenv", `U='db://u:${VALUE}@h'`, "${NAME}"],
  ["yaml", `k: [a, ${VALUE}]`, "${NAME}"],
  ["json", `{"${VALUE}": 1}`, "${NAME}"],
];
/** biome-ignore-end lint/suspicious/noTemplateCurlyInString: as above */

test("a literal that is the credential becomes the language's way to read the variable", () => {
  for (const [languageId, before, after, path] of WHOLE) assert.equal(replaced(languageId, before, path), after);
});

test("a credential that is a part of a string becomes a part that is read from the environment", () => {
  for (const [languageId, before, after, path] of PART) assert.equal(replaced(languageId, before, path), after);
});

test("where no edit is surely right, the text stays and a person is told what to write", () => {
  for (const [languageId, text, write] of ADVISED) assert.deepEqual(replaced(languageId, text), { write }, text);
});

test("an edit that needs an import adds it where the language wants it", () => {
  const python = (text: string) => replaced("python", text);
  const k = `k = "${VALUE}"\n`;
  const done = 'k = os.environ["NAME"]\n';
  assert.equal(python(k), `import os\n\n${done}`);
  assert.equal(
    python(`#!/usr/bin/env python3\n"""Doc\nimport x\n"""\n\nimport sys\n${k}`).toString().split("\n")[5],
    "import os",
  );
  assert.equal(
    python(`from __future__ import annotations\n${k}`),
    `from __future__ import annotations\nimport os\n\n${done}`,
  );
  assert.equal(python(`import sys, os.path\n${k}`), `import sys, os.path\n${done}`);
  assert.equal(python(`import oscar\n${k}`), `import os\nimport oscar\n${done}`);
  const go = (head: string) => replaced("go", `${head}\nvar k = "${VALUE}"\n`);
  const gone = '\nvar k = os.Getenv("NAME")\n';
  assert.equal(go('package a\n\nimport (\n\t"fmt"\n)\n'), `package a\n\nimport (\n\t"os"\n\t"fmt"\n)\n${gone}`);
  assert.equal(go('package a\n\nimport (\n\t"os"\n)\n'), `package a\n\nimport (\n\t"os"\n)\n${gone}`);
  assert.equal(go('package a\n\nimport "fmt"\n'), `package a\n\nimport "os"\nimport "fmt"\n${gone}`);
  assert.equal(go("package a\n"), `package a\n\nimport "os"\n${gone}`);
});

test("line ends of Windows stay as they are", () => {
  assert.equal(
    replaced("python", `import sys\r\nk = "${VALUE}"\r\n`),
    'import os\r\nimport sys\r\nk = os.environ["NAME"]\r\n',
  );
});

function readAll(languageId: string, text: string, piece: string): string | undefined {
  const start = text.indexOf(piece);
  return readCredential(text, { start, end: start + piece.length }, languageOf(languageId, "/project/file"))?.value;
}

test("what is stored is what the literal means, and not how it is escaped", () => {
  assert.equal(readAll("javascript", 'k = "-a\\nb\\u0041-"', "-a\\nb\\u0041-"), "-a\nbA-");
  assert.equal(readAll("json", '{"k": "a\\/b"}', "a\\/b"), "a/b");
  assert.equal(readAll("dotenv", "K='a\\nb'", "a\\nb"), "a\\nb");
  assert.equal(readAll("csharp", 'k = @"a""b"', 'a""b'), 'a"b');
  assert.equal(readAll("yaml", "k: 'a''b'", "a''b"), "a'b");
  assert.equal(readAll("shellscript", 'k="a\\$b\\n"', "a\\$b\\n"), "a$b\\n");
});

test("a key of several lines is stored without the indent of its block", () => {
  assert.equal(
    readAll("yaml", "k: |\n    -----B\n    x\n    -----E\n", "-----B\n    x\n    -----E"),
    "-----B\nx\n-----E",
  );
});

test("a value that can't be told for sure is not stored", () => {
  assert.equal(readAll("javascript", 'k = "a\\qb"', "a\\qb"), undefined);
  assert.equal(readAll("javascript", 'k = "ab" + "cd"', 'ab" + "cd'), undefined);
  assert.equal(readAll("plaintext", "a\\nb", "a\\nb"), undefined);
});

test("code in strings in code, however deep, is read without an error", () => {
  const deep = `${"`${".repeat(5000)}"${VALUE}"`;
  assert.doesNotThrow(() => readAll("javascript", deep, VALUE));
});

test("text that is made to keep the reader busy is read all the same", () => {
  const hostile = { dotenv: " ", go: "\n", shellscript: "<<A\n", yaml: "[", javascript: "{", python: '"\n' };
  for (const [languageId, piece] of Object.entries(hostile)) {
    const text = `${piece.repeat(200_000 / piece.length)}"${VALUE}"`;
    const start = text.length - VALUE.length - 1;
    const found = { start, end: start + VALUE.length };
    const language = languageOf(languageId, "/project/file");
    const read = readCredential(text, found, language);
    assert.equal(read?.value, VALUE);
    assert.ok(replaceCredential(text, found, read.place, language, "NAME"));
  }
});
