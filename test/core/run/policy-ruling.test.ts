import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { chmodSync, mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { after, test } from "node:test";
import { readCommand } from "#core/run/command-reading.ts";
import type { Policy, Trait, Verdict } from "#core/run/policy.ts";
import { type Ruling, ruleOn } from "#core/run/policy-ruling.ts";
import { requireSecretName } from "#core/vault/context.ts";

const folder = realpathSync(mkdtempSync(join(tmpdir(), "ov-policy-")));
after(() => rmSync(folder, { recursive: true, force: true }));
const bin = join(folder, "bin");
const project = join(folder, "project");
mkdirSync(bin);
mkdirSync(project);
for (const name of ["npm", "curl", "tool", "printenv"]) program(join(bin, name), `# ${name}`);

const A = requireSecretName("A");
const B = requireSecretName("B");

function program(path: string, text: string): string {
  writeFileSync(path, `#!/bin/sh\n${text}\n`);
  chmodSync(path, 0o755);
  return path;
}

function policy(rules: Partial<Policy> = {}): Policy {
  return { preset: "careful", verdicts: {}, allow: [], deny: [], ...rules };
}

function rule(rules: Partial<Policy>, command: string | readonly string[]): Ruling {
  const searchPath = [bin, "/usr/bin", "/bin"].join(delimiter);
  return ruleOn(policy(rules), readCommand(command, { cwd: project, searchPath, platform: "linux" }));
}

function verdict(rules: Partial<Policy>, command: string | readonly string[]): Verdict {
  return rule(rules, command).verdict;
}

function decisive({ findings: [first] }: Ruling): string {
  return `${first?.verdict} ${first?.rule} ${first?.from}`;
}

test("each preset says what it promises", () => {
  const commands = ["npm test", ["npm", "test"], "printenv", ["node", "-e", "x"], ["bash", "-i"], "$X"] as const;
  const table = {
    open: ["allow", "allow", "allow", "allow", "allow", "allow"],
    careful: ["allow", "allow", "ask", "ask", "ask", "ask"],
    strict: ["deny", "deny", "deny", "deny", "deny", "deny"],
    production: ["ask", "ask", "ask", "ask", "ask", "ask"],
  } as const;
  for (const [preset, verdicts] of Object.entries(table)) {
    const found = commands.map((command) => verdict({ preset: preset as keyof typeof table }, command));
    assert.deepEqual(found, verdicts, preset);
  }
});

test("S106 deny beats ask, and ask beats allow, whatever comes first", () => {
  const npm = join(bin, "npm");
  assert.equal(verdict({ allow: [{ program: npm }], deny: [{ program: "npm" }] }, "npm test"), "deny");
  assert.equal(verdict({ deny: [{ program: "curl" }] }, "npm test && curl example.com"), "deny");
  assert.equal(verdict({ deny: [{ program: "curl" }] }, "curl example.com; npm test"), "deny");
  assert.equal(verdict({ allow: [{ program: npm }] }, "npm test | printenv"), "ask");
  assert.equal(verdict({ verdicts: { "env-dumps": "deny" } }, "npm test; sudo npm test; printenv"), "deny");
  const { findings } = rule({ deny: [{ program: "curl" }] }, "npm test; printenv; curl x");
  const ranks = findings.map((finding) => ["deny", "ask", "allow"].indexOf(finding.verdict));
  assert.deepEqual(ranks, ranks.toSorted());
});

test("an allowed program runs where others may not, and is still not free of other rules", () => {
  const strict = {
    preset: "strict",
    allow: [{ program: join(bin, "npm") }, { program: join(bin, "printenv") }],
  } as const;
  assert.equal(verdict(strict, ["npm", "test"]), "allow");
  assert.equal(verdict(strict, ["timeout", "9", "npm", "test"]), "allow");
  assert.equal(verdict(strict, ["curl", "x"]), "deny");
  assert.equal(verdict(strict, ["printenv"]), "deny");
  assert.equal(verdict(strict, "npm test"), "deny", "shells are denied");
  assert.equal(verdict({ ...strict, verdicts: { shells: "allow" } }, "npm test && echo done"), "allow");
  assert.equal(verdict({ ...strict, verdicts: { shells: "allow" } }, "npm test && curl x"), "deny");
});

test("S107 a project can't pass a program of its own off as an allowed one", () => {
  const allowNpm = { preset: "strict", allow: [{ program: join(bin, "npm") }] } as const;
  program(join(project, "npm"), "# another");
  assert.equal(verdict(allowNpm, ["./npm", "test"]), "deny");
  assert.equal(verdict(allowNpm, [join(project, "npm"), "test"]), "deny");
  symlinkSync(join(bin, "curl"), join(project, "curl2"));
  assert.equal(verdict({ preset: "strict", allow: [{ program: join(bin, "curl") }] }, ["./curl2"]), "deny");
  symlinkSync(join(bin, "npm"), join(folder, "npm"));
  assert.equal(verdict(allowNpm, [join(folder, "npm"), "test"]), "allow", "the same file under the same name");
});

test("S108 a denied name is denied wherever its file lies, behind a link, and inside of other programs", () => {
  const denied = { preset: "open", deny: [{ program: "curl" }] } as const;
  program(join(project, "curl"), "# copy");
  symlinkSync(join(bin, "curl"), join(project, "innocent"));
  for (const command of [
    ["curl"],
    ["./curl"],
    ["./innocent"],
    ["CURL"],
    ["env", "A=1", "curl"],
    ["sh", "-c", "true; curl x"],
    ["sudo", "-u", "x", "curl"],
    "x=$(curl y)",
    "find . -exec curl {} \\;",
    "ls | xargs curl",
    ["npx", "curl"],
    ["docker", "exec", "web", "curl", "x"],
    ["sed", "1e curl x", "file"],
    ["git", "-c", "alias.x=!curl y", "x"],
    ["tar", "-cf", "a.tar", "--checkpoint-action=exec=curl x", "b"],
    ["make", "--eval", "x:;curl y", "x"],
    ["python3", "-m", "timeit", "import os; os.system('curl x')"],
    ["/lib64/ld-linux-x86-64.so.2", "/usr/bin/curl"],
    ["prlimit", "--nofile=9", "curl"],
    ["node", "-e", "require('child_process').execFileSync('curl')"],
    ["bash", "-c", "x='a[$(curl y)]'; echo $((x))"],
    "ln -s /usr/bin/curl ./c; ./c x",
    "cp /usr/bin/curl ./c; ./c x",
  ]) {
    assert.equal(verdict(denied, command), "deny", String(command));
  }
  for (const command of [
    ["echo", "curl"],
    ["npm", "install", "curl"],
    ["git", "commit", "-m", "no curl"],
    ["cat", "curl.md"],
  ]) {
    assert.equal(verdict(denied, command), "allow", String(command));
  }
});

test("a denied path is that file only", () => {
  const denied = { preset: "open", deny: [{ program: join(bin, "tool") }] } as const;
  assert.equal(verdict(denied, ["tool"]), "deny");
  program(join(project, "tool"), "# another");
  assert.equal(verdict(denied, ["./tool"]), "allow");
});

test("S109 an allowed program with a hash is denied once its file is another", () => {
  const path = program(join(bin, "pinned"), "# one");
  const sha256 = createHash("sha256").update("#!/bin/sh\n# one\n").digest("hex");
  const rules = { allow: [{ program: path, sha256 }] };
  assert.equal(verdict(rules, ["pinned"]), "allow");
  program(path, "# two");
  assert.equal(verdict(rules, ["pinned"]), "deny");
  assert.match(rule(rules, ["pinned"]).findings[0]!.why, /not the file any more/);
});

test("a file that is denied by its hash is denied under every name", () => {
  program(join(project, "harmless"), "# bad");
  const sha256 = createHash("sha256").update("#!/bin/sh\n# bad\n").digest("hex");
  const rules = { preset: "open", deny: [{ program: "bad", sha256 }] } as const;
  assert.equal(verdict(rules, ["./harmless"]), "deny");
  assert.equal(verdict(rules, ["npm"]), "allow");
  assert.equal(verdict(rules, ["bad"]), "allow");
});

test("all programs of a command get only the names that each of them may have", () => {
  const allow = [
    { program: join(bin, "npm"), names: [A] },
    { program: join(bin, "curl"), names: [A, B] },
  ];
  assert.equal(rule({}, "npm test").names, undefined);
  assert.deepEqual(rule({ allow }, "npm test").names, [A]);
  assert.deepEqual(rule({ allow }, "curl x").names, [A, B]);
  assert.deepEqual(rule({ allow }, "npm test | curl x").names, [A]);
  assert.deepEqual(rule({ allow: [...allow, { program: join(bin, "npm"), names: [B] }] }, "npm test").names, [A, B]);
  assert.equal(rule({ allow: [...allow, { program: join(bin, "npm") }] }, "npm test").names, undefined);
  assert.deepEqual(
    rule({ allow: [allow[0]!, { program: join(bin, "curl"), names: [B] }] }, "npm test | curl x").names,
    [],
  );
});

test("what decides says which rule it is and who made it", () => {
  assert.equal(decisive(rule({}, ["npm"])), "allow programs preset careful");
  assert.equal(decisive(rule({}, ["printenv"])), "ask env-dumps preset careful");
  assert.equal(decisive(rule({ verdicts: { "env-dumps": "deny" } }, ["printenv"])), "deny env-dumps set");
  assert.equal(decisive(rule({ deny: [{ program: "npm" }] }, ["npm"])), "deny deny npm set");
  assert.equal(
    decisive(rule({ preset: "production", allow: [{ program: join(bin, "npm") }] }, ["npm"])),
    "ask production preset production",
  );
});

test("every trait can be set by itself", () => {
  const examples: Readonly<Record<Trait, string | readonly string[]>> = {
    programs: ["tool"],
    shells: "tool",
    terminals: ["bash", "-i"],
    "inline-code": ["python3", "-c", "x"],
    "env-dumps": ["printenv"],
    debuggers: ["gdb"],
    privileges: ["sudo", "tool"],
    unclear: ["watch", "tool"],
  };
  for (const [trait, command] of Object.entries(examples)) {
    assert.equal(verdict({ preset: "open", verdicts: { [trait]: "deny" } }, command), "deny", trait);
    assert.equal(verdict({ preset: "open" }, command), "allow", trait);
  }
});
