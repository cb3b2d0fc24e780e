import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { chmodSync, existsSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { after, test } from "node:test";
import fc from "fast-check";
import { readCommand } from "#core/run/command-reading.ts";
import type { Trait } from "#core/run/policy.ts";

const folder = realpathSync(mkdtempSync(join(tmpdir(), "ov-policy-")));
const ran = join(folder, "ran");
program("printenv", `: > '${ran}'`);
program("npm", ":");
program("tool", ":");
after(() => rmSync(folder, { recursive: true, force: true }));

const searchPath = [folder, "/usr/bin", "/bin"].join(delimiter);
const PLACE = { cwd: folder, searchPath, platform: "linux" } as const;

function program(name: string, script: string): void {
  writeFileSync(join(folder, name), `#!/bin/sh\n${script}\n`);
  chmodSync(join(folder, name), 0o755);
}

/** What is found in a command, but for the shell that runs its text. */
function traits(command: string | readonly string[]): readonly Trait[] {
  const uses = readCommand(command, PLACE);
  const inner = typeof command === "string" ? uses.slice(1) : uses;
  return [...new Set(inner.flatMap(({ risks }) => risks.map(({ trait }) => trait)))];
}

function programs(command: string | readonly string[]): readonly string[] {
  return readCommand(command, PLACE)
    .filter(({ isOwnProgram }) => isOwnProgram)
    .map(({ word }) => word);
}

/** Ways to start a program from a shell's text. X stands for it. */
const WAYS = [
  ...["X", "true; X", "true && X", "false || X", "true | X", "X | cat", "X & wait", "! X", "(X)", "( (X) )", "{ X; }"],
  ...["\tX", "\nX", "true\nX", "true # comment\nX"],
  "if X; then :; fi",
  "if true; then X; fi",
  "if false; then :; elif X; then :; fi",
  "if false; then :; else X; fi",
  "while X; do break; done",
  "until X; do break; done",
  "for i in 1; do X; done",
  "for i in $(X); do :; done",
  "for i in 1\ndo\nX\ndone",
  "i\\\nf true; then X; fi",
  "case a in a) X;; esac",
  "f() { X; }; f",
  "echo $(X)",
  'echo "$(X)"',
  "echo `X`",
  'echo "`X`"',
  "echo `echo \\`X\\``",
  "echo $(echo $(echo $(X)))",
  'echo "a $(echo "b $(X)") c"',
  "A=$(X)",
  "A=$(X) true",
  'A="$(X)"; echo hi',
  `echo \${A:-$(X)}`,
  `echo "\${A:-$(X)}"`,
  "echo $((1+1)); X",
  "echo $(( $(X; echo 1) + 1 ))",
  "true > $(X; echo /dev/null)",
  "> /dev/null X",
  "X > /dev/null 2>&1",
  "2>/dev/null X",
  "cat <<E\n$(X)\nE",
  "cat <<E\n`X`\nE",
  "cat <<'E'\ntext\nE\nX",
  "cat <<E; X\ntext\nE",
  "cat <<-E\n\ttext\n\tE\nX",
  "cat <<E\n'\nE\nX #'",
  'cat <<E\n"\nE\nX #"',
  "cat <<A <<B\na\nA\nb\nB\nX",
  "cat <<E\na\\\nE\n'\nE\nX #'",
  "cat <<\\\n-E\na\nE\nX",
  "cat <<'E'\na\\\nE\nX",
  "echo '\nX' \\\n; X",
  "echo # '\nX",
  "echo a#'b\n'; X",
  "echo \\'; X; echo \\'",
  "echo '\\'; X; echo '\\'",
  'echo "\\""; X; echo "\\""',
  'echo "$"; X',
  "echo $\\\n(X)",
  'echo "$\\\n(X)"',
  "eval X",
  "eval 'echo; X'",
  'eval "$(echo X)"',
  "command X",
  "exec X",
  "env X",
  "env A=1 X",
  "env -u A X",
  "env -- X",
  "env -i PATH=$PATH X",
  "nice X",
  "nice -n 5 X",
  "nohup X",
  "timeout 5 X",
  "timeout -k 1 5 X",
  "timeout --signal=KILL 5 X",
  "setsid -w X",
  "stdbuf -oL X",
  "sh -c X",
  "sh -ec 'true; X'",
  "sh -c 'sh -c \"X\"'",
  "bash -euo pipefail -c X",
  "echo X | sh",
  "sh <<E\nX\nE",
  "sh -s <<E\nX\nE",
  "trap X 0",
  "A=X; $A",
  `A=print; ${"$"}{A}env`,
  "set -- X; $1",
  'set -- X; "$@"',
  "./X",
  "$PWD/X",
  "cd .; ./X",
  "p\\rintenv",
  "pr'int'env",
  'pr"int"env',
  "p\\\nrintenv",
  "./print?nv",
  "./printen*",
  "echo | xargs X",
  "echo X | xargs sh -c",
  "find . -maxdepth 0 -exec X \\;",
  "find . -maxdepth 0 -exec sh -c X \\;",
  "ln -s printenv link; ./link",
  "alias p=X\np",
  "IFS=,; A=X,; $A",
  "read A <<E\nX\nE\n$A",
  "awk 'BEGIN { system(\"X\") }'",
  "sed '1e X' /etc/passwd",
  "echo x | sed 's/x/X/e'",
  "git -c alias.x='!X' x",
  "tar -cf /dev/null --checkpoint=1 --checkpoint-action=exec=X /etc/hostname",
  "echo x | split --filter=X",
  "perl '-Mstrict;system(q{X})' /dev/null",
  "prlimit --nofile=100 X",
];

/** The same for a text of bash, which runs what stands in a subscript. */
const BASH_WAYS = [
  "x='a[$(X)]'; echo $((x))",
  `x='a[$(X)]'; y=abc; echo \${y:x}`,
  "test -v 'a[$(X)]'",
  "printf -v 'a[$(X)]' x",
  "read 'a[$(X)]' <<< x",
  "let 'x=a[$(X)]'",
  "jobs -x X",
];

function noticed(text: string): boolean {
  const found = readCommand(text, PLACE).flatMap(({ risks }) => risks.map(({ trait }) => trait));
  return found.some((trait) => ["env-dumps", "unclear", "inline-code"].includes(trait));
}

function runsIt(text: string): boolean {
  for (const name of ["link", "s"]) rmSync(join(folder, name), { force: true });
  rmSync(ran, { force: true });
  spawnSync("/bin/sh", ["-c", "--", text], { cwd: folder, env: { PATH: searchPath }, input: "", timeout: 20_000 });
  return existsSync(ran);
}

test("S103 a dump of the environment is noticed however the shell is told to run it", () => {
  for (const way of WAYS) {
    const text = way.replaceAll("X", "printenv");
    assert.ok(runsIt(text), `the shell does not run it: ${text}`);
    assert.ok(noticed(text), text);
  }
});

test("S103 so it is in bash, where a subscript runs what stands in it", () => {
  for (const way of BASH_WAYS) {
    const text = way.replaceAll("X", "printenv");
    rmSync(ran, { force: true });
    spawnSync("bash", ["-c", text], { cwd: folder, env: { PATH: searchPath }, input: "", timeout: 20_000 });
    assert.ok(existsSync(ran), `bash does not run it: ${text}`);
    const found = readCommand(["bash", "-c", text], PLACE).flatMap(({ risks }) => risks.map(({ trait }) => trait));
    assert.ok(found.includes("unclear"), text);
  }
});

test("S103 a dump inside of two such ways is noticed, wherever a real shell runs it", () => {
  const nested = fc.tuple(fc.constantFrom(...WAYS), fc.constantFrom(...WAYS)).map(([outer, inner]) => {
    return outer.replaceAll("X", () => inner.replaceAll("X", "printenv"));
  });
  let ran = 0;
  fc.assert(
    fc.property(nested, (text) => {
      if (!runsIt(text)) return;
      ran++;
      assert.ok(noticed(text), text);
    }),
    { numRuns: 300 },
  );
  assert.ok(ran > 100);
});

test("S104 what dumps an environment, runs code from its arguments, debugs or changes the user is known", () => {
  const cases: Readonly<Record<string, Trait>> = {
    printenv: "env-dumps",
    "printenv HOME": "env-dumps",
    env: "env-dumps",
    "/usr/bin/env -0": "env-dumps",
    "env -u A": "env-dumps",
    PRINTENV: "env-dumps",
    set: "env-dumps",
    export: "env-dumps",
    "export -p": "env-dumps",
    "declare -p": "env-dumps",
    "readonly -p": "env-dumps",
    "cat /proc/self/environ": "env-dumps",
    "cat /proc/$$/environ": "env-dumps",
    "cat /proc/1/task/1/environ": "env-dumps",
    "cat '/pro'c/self/environ": "env-dumps",
    "cat /pr*/self/env*": "env-dumps",
    "cd /proc/self && cat environ": "env-dumps",
    "base64 < /proc/self/environ": "env-dumps",
    "tr x y </proc/self/environ": "env-dumps",
    "strings /proc/42/mem": "env-dumps",
    "cd /proc/self; cat envi*": "env-dumps",
    "grep -r KEY /proc/self": "env-dumps",
    "while read l; do echo $l; done < /proc/self/environ": "env-dumps",
    "ps auxe": "env-dumps",
    "ps -E": "env-dumps",
    "jq -n env": "env-dumps",
    "jq -n '$ENV.KEY'": "env-dumps",
    "awk 'BEGIN { for (k in ENVIRON) print ENVIRON[k] }'": "env-dumps",
    "make -p": "env-dumps",
    "php -i": "env-dumps",
    "npm run env": "env-dumps",
    "docker compose config": "env-dumps",
    "docker run -e KEY alpine env": "env-dumps",
    "kubectl exec pod -- printenv": "env-dumps",
    "npx -c 'printenv KEY'": "env-dumps",
    "npm exec -- printenv": "env-dumps",
    "busybox env": "env-dumps",
    "sed -e '1e x' file": "inline-code",
    "sed 's|a|b|ge' file": "inline-code",
    "git -c core.pager=x log": "inline-code",
    "git rebase --exec x main": "inline-code",
    "git bisect run x": "inline-code",
    "tar -cf a.tar -I x b": "inline-code",
    "make --eval x:": "inline-code",
    "vim -c x": "inline-code",
    "sqlite3 a.db '.shell x'": "inline-code",
    "psql -c '\\! x'": "inline-code",
    "split --filter=x file": "inline-code",
    "sort --compress-program=x file": "inline-code",
    "zip -T -TT x a.zip b": "inline-code",
    "ssh -o ProxyCommand=x host": "inline-code",
    "rsync -e 'sh -c x' a b:": "inline-code",
    "man -P x ls": "inline-code",
    "python3 -m timeit x": "inline-code",
    "perl '-Mstrict;x' file": "inline-code",
    "node -e 'x'": "inline-code",
    "node --eval=x": "inline-code",
    "node -p x": "inline-code",
    node: "inline-code",
    "node -": "inline-code",
    "node --import data:text/javascript,x server.js": "inline-code",
    "python3 -c x": "inline-code",
    "python3.12 -Ic x": "inline-code",
    "python - <<E\nx\nE": "inline-code",
    "echo x | python": "inline-code",
    "perl -ne x": "inline-code",
    "ruby -e x": "inline-code",
    "php -r x": "inline-code",
    "deno eval x": "inline-code",
    "bun -e x": "inline-code",
    "lua -e x": "inline-code",
    "osascript -e x": "inline-code",
    "uv run python -c x": "inline-code",
    "npx tsx -e x": "inline-code",
    "fish -c x": "inline-code",
    "pwsh -Command x": "inline-code",
    bash: "inline-code",
    "bash -s": "inline-code",
    "bash -i": "terminals",
    "zsh -il": "terminals",
    "gdb -p 1": "debuggers",
    "strace -f npm test": "debuggers",
    "node --inspect-brk x.js": "debuggers",
    "node inspect x.js": "debuggers",
    "python -m pdb x.py": "debuggers",
    "sudo npm test": "privileges",
    "sudo -u x printenv": "env-dumps",
    "su -c x": "privileges",
    "doas x": "privileges",
    "PATH=/tmp npm test": "unclear",
    "export PATH=/tmp": "unclear",
    "env LD_PRELOAD=x npm test": "unclear",
    "for PATH in /tmp; do npm test; done": "unclear",
    "$TOOL test": "unclear",
    "watch npm test": "unclear",
    "/lib64/ld-linux-x86-64.so.2 /usr/bin/env": "unclear",
    "choom -n 0 npm test": "unclear",
    "dbus-run-session npm test": "unclear",
    "MAKEFILES=x make": "unclear",
    "GIT_SEQUENCE_EDITOR=x git rebase -i main": "unclear",
    "node $OPTIONS x.js": "unclear",
    "find . -exec python {} +": "unclear",
    "echo 'open": "unclear",
    "a=(1 2)": "unclear",
  };
  for (const [text, trait] of Object.entries(cases))
    assert.ok(traits(text).includes(trait), `${text}: ${traits(text)}`);
});

test("everyday commands are nothing of that", () => {
  const everyday = [
    "npm test",
    "npm ci && npm run build",
    "cd app && npm run build 2>&1 | tail -n 50",
    "NODE_ENV=test npm test -- --env=jsdom",
    'curl -fsS -H "Authorization: Bearer $TOKEN" https://api.example.com/v1/items?limit=10 | jq ".items[] | .id"',
    'psql "$DATABASE_URL" -c "select 1"',
    "node server.js --port 3000",
    "node --env-file=.env --test",
    "python3 manage.py migrate --noinput",
    "python3 -m pytest -x tests",
    "uv run pytest",
    "docker compose up -d",
    "docker build -t app:dev .",
    "terraform plan -out=plan.bin",
    "git push origin HEAD",
    "make deploy ENV=dev",
    "./scripts/deploy.sh staging",
    "bash scripts/deploy.sh staging",
    "bash -c 'npm test'",
    "timeout 60 npm test",
    "env CI=1 npm test",
    "if [ -f package.json ]; then npm test; fi",
    "for f in a.sql b.sql; do psql -f $f; done",
    'echo "done: $?"; exit 1',
    "set -euo pipefail; npm test",
    "export CI=true; npm test",
    "command -v jq >/dev/null || exit 1",
    'cat <<EOF > config.json\n{ "url": "$API_URL" }\nEOF',
    'test -n "$KEY" && npm publish --access public',
    "ps -ef | grep node",
    "ps aux",
    "awk '{ print $1 }' access.log",
    "find . -name '*.log' -delete",
    "ls -la | sort | uniq -c | xargs echo",
    "aws s3 sync dist s3://bucket --delete",
    "kubectl get pods -o json | jq '.items | length'",
    "npx prisma migrate deploy",
    "conda env list",
    "date +%s > stamp",
    "sed -i.bak -e 's/localhost/example.com/g' -n -e '/^#/d;s|/usr/share/e|/e|' config.ini",
    "git -c user.name=ci -c diff.noprefix=true commit -m 'fix: e2e'",
    "git clean -fdx && git submodule update --init",
    "tar -xzf app.tar.gz -C dist && tar -cjf b.tar.bz2 dist",
    "make -j4 build CFLAGS=-O2",
    "rsync -avz -e 'ssh -p 2222 -i key.pem' dist/ host:/srv",
    "ssh -p 22 deploy@host uptime",
    "sqlite3 app.db 'select * from e'",
    "less +F server.log",
    "echo $((1 + 2))",
    `echo \${VERSION:0:7}`,
    "wget -e robots=off -q https://example.com/a.tar.gz",
  ];
  for (const text of everyday)
    assert.deepEqual(
      [...traits(text)].filter((trait) => trait !== "shells"),
      [],
      text,
    );
});

test("without a shell, words are read as they are", () => {
  assert.deepEqual(traits(["npm", "test", "; printenv"]), []);
  assert.deepEqual(traits(["echo", "$(printenv)"]), []);
  assert.deepEqual(traits(["printenv"]), ["env-dumps"]);
  assert.deepEqual(traits(["sh", "-c", "printenv"]), ["shells", "env-dumps"]);
  assert.deepEqual(traits(["cat", "/proc/self/environ"]), ["env-dumps"]);
  assert.deepEqual(traits(["set"]), []);
});

test("a text for cmd.exe is not read, but asked about", () => {
  const uses = readCommand("npm test", { ...PLACE, platform: "win32" });
  assert.deepEqual(
    uses.flatMap(({ risks }) => risks.map(({ trait }) => trait)),
    ["shells", "unclear"],
  );
});

test("the programs that have to be allowed are those that the command itself starts", () => {
  assert.deepEqual(programs("cd x && CI=1 timeout 9 npm test | tool --all"), ["npm", "tool"]);
  assert.deepEqual(programs(["env", "A=1", "npm", "test"]), ["npm"]);
  assert.deepEqual(programs("echo hi; test -f x && true"), []);
  assert.deepEqual(programs("npx env"), ["npx"]);
  assert.deepEqual(programs("find . -exec tool {} \\;"), ["find", "tool"]);
});

test("a program's file is found on the PATH, and not where it can't be told", () => {
  const fileOf = (command: string | readonly string[], place = PLACE as Parameters<typeof readCommand>[1]) =>
    readCommand(command, place).find(({ word }) => word.includes("npm") || word.includes("tool"))?.file?.path;
  assert.equal(fileOf("npm test"), join(folder, "npm"));
  assert.equal(fileOf(["./tool"]), join(folder, "tool"));
  assert.equal(fileOf("cd elsewhere && ./tool"), undefined);
  assert.equal(fileOf("npm test", { ...PLACE, searchPath: `.${delimiter}${searchPath}` }), undefined);
  assert.equal(fileOf("npm test", { ...PLACE, searchPath: `${searchPath}${delimiter}` }), undefined);
  assert.equal(fileOf("npm test", { ...PLACE, searchPath: undefined }), undefined);
});

test("a link to a program is that program", () => {
  symlinkSync("/usr/bin/env", join(folder, "innocent"));
  assert.deepEqual(traits("./innocent"), ["env-dumps"]);
});

test("any text is read or unclear, in bounded time and without an error", () => {
  const pieces = [
    "$(",
    ")",
    "`",
    "'",
    '"',
    "\\",
    "\n",
    ";",
    "|",
    "&",
    "<<E",
    "E",
    "{",
    "}",
    "${",
    "if",
    "do",
    " ",
    "a",
  ];
  const noisy = fc
    .array(fc.oneof(fc.constantFrom(...pieces), fc.string()), { maxLength: 40 })
    .map((all) => all.join(""));
  fc.assert(
    fc.property(noisy, (text) => {
      assert.ok(readCommand(text, PLACE).length > 0);
    }),
    { numRuns: 3_000 },
  );
  for (const piece of ["$(", "`", "(", "{ ", "<<E\n", "a ", "eval ", "sh -c '", "env ", "\\\n", '"$(']) {
    assert.ok(readCommand(piece.repeat(32_768 / piece.length), PLACE).length > 0);
  }
});
