import assert from "node:assert/strict";
import { chmodSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import type { Command } from "commander";
import { COMMANDS } from "#cli/command-table.ts";
import { buildProgram } from "#cli/program.ts";
import { reportError } from "#cli/report-error.ts";
import { findPaths } from "#mcp/device/paths.ts";
import { newHome, newVault } from "./fixtures/home.ts";

function tree(command: Command): readonly Command[] {
  return [command, ...command.commands.flatMap(tree)];
}

test("every command says what it does, and every option and argument of it", async () => {
  const cli = { env: {}, cwd: "/", home: "/", paths: findPaths({ OV_HOME: "/x" }), self: ["node"] } as const;
  const program = await buildProgram(cli, ["complete"]);
  const all = tree(program).filter((command) => command.name() !== "complete");
  assert.ok(all.length > 40);
  for (const command of all) {
    const hidden = COMMANDS[command.name()]?.hidden;
    assert.ok(hidden || command.description() !== "", command.name());
    for (const option of command.options)
      assert.ok(hidden || option.description !== "" || option.argChoices, `${command.name()} ${option.flags}`);
  }
});

test("--help works at every level, without a vault", async (t) => {
  const home = newHome(t);
  for (const args of [[], ["secret"], ["secret", "create"], ["run"], ["mcp", "install"], ["vault", "init"]]) {
    const { code, stdout } = await home.ov([...args, "--help"]);
    assert.equal(code, 0);
    assert.match(stdout, /^Usage: ov /);
  }
  assert.match((await home.ov(["help", "secret"])).stdout, /rollback/);
  assert.match((await home.ov([])).stdout, /Exit codes/);
});

test("a wrong call is exit code 2, and says where help is", async (t) => {
  const home = newHome(t);
  for (const args of [
    ["nonsense"],
    ["secret", "nonsense"],
    ["secret", "create"],
    ["run", "--nonsense"],
    ["secret", "list", "--json=x"],
  ]) {
    const { code, stdout, stderr } = await home.ov(args);
    assert.equal(code, 2, args.join(" "));
    assert.match(stderr, /^ov: .*--help/s);
    assert.equal(stdout, "");
  }
});

test("no colours where the output is no terminal", async (t) => {
  const home = await newVault(t);
  const { stdout, stderr } = await home.ov(["doctor"]);
  assert.ok(!`${stdout}${stderr}`.includes("\x1b"));
});

for (const shell of ["bash", "zsh", "fish"]) {
  test(`a completion script for ${shell} is printed`, async (t) => {
    const { code, stdout } = await newHome(t).ov(["completion", shell]);
    assert.equal(code, 0);
    assert.match(stdout, /ov complete --/);
  });
}

test("completion knows commands, subcommands and options", async (t) => {
  const home = newHome(t);
  const complete = async (...words: string[]): Promise<readonly string[]> =>
    (await home.ov(["complete", "--", ...words])).stdout.split("\n").map((line) => line.split("\t")[0]!);
  assert.ok((await complete("")).includes("secret"));
  assert.ok(!(await complete("")).includes("hold"), "what is not for people");
  assert.ok((await complete("secret", "re")).includes("reveal"));
  assert.ok((await complete("run", "--")).includes("--secrets"));
  assert.ok((await complete("mcp", "install", "--client", "")).includes("codex"));
});

test("S93 a bug is told without its message, and logged by its place only", (t) => {
  const home = newHome(t);
  const paths = findPaths({ OV_HOME: home.ovHome });
  const { write } = process.stderr;
  let told = "";
  process.stderr.write = ((text: string) => {
    told += text;
    return true;
  }) as typeof write; // for this one call
  try {
    assert.equal(reportError(new SyntaxError("Unexpected token in hunter2hunter2"), paths), 1);
  } finally {
    process.stderr.write = write;
  }
  const log = readFileSync(join(paths.state, "ov.log"), "utf8");
  assert.match(log, /SyntaxError\n {4}at .*help\.test\.ts/);
  assert.doesNotMatch(told + log, /hunter2/);
});

test("ov doctor finds what is open to others, plain files and gone programs, and says what to do", async (t) => {
  const home = await newVault(t);
  writeFileSync(join(home.project, ".env"), "A=1\n");
  mkdirSync(join(home.root, "home", ".cursor"));
  const entry = { mcpServers: { opaquevault: { command: "/gone/bin/node", args: ["/gone/ov.js", "mcp", "serve"] } } };
  writeFileSync(join(home.root, "home", ".cursor", "mcp.json"), JSON.stringify(entry));
  chmodSync(join(home.ovHome, "vault"), 0o755);
  const { code, stdout } = await home.ov(["doctor", "--json"]);
  assert.equal(code, 5);
  const states = Object.fromEntries(
    JSON.parse(stdout).checks.map(({ id, state }: { id: string; state: string }) => [id, state]),
  );
  assert.equal(states.vault, "ok");
  assert.equal(states.permissions, "fail");
  assert.equal(states["env-files"], "warn");
  assert.equal(states["client-cursor"], "fail");
});

test("ov status tells the context of the folder and where it comes from", async (t) => {
  const home = await newVault(t);
  const context = async (...args: string[]): Promise<unknown> =>
    JSON.parse((await home.ov(["status", "--json", ...args], { askpass: false })).stdout).context;
  assert.equal(await context(), null);
  await home.ov(["config", "set", "app", "mine"]);
  await home.ov(["config", "set", "environment", "dev"]);
  assert.deepEqual(await context(), {
    app: "mine",
    environment: "dev",
    source: "user-config",
    names: null,
    production: false,
    project_file: null,
  });
  const file = join(home.project, ".ov.yaml");
  writeFileSync(file, "app: shop\nenvironment: prod\nsecrets: [KEY]\n");
  assert.deepEqual(await context(), {
    app: "shop",
    environment: "prod",
    source: "project-file",
    names: ["KEY"],
    production: true,
    project_file: file,
  });
  assert.equal(((await context("-a", "x", "-e", "y")) as { source: string }).source, "arguments");
});

test("a project file with an unknown key is refused with its line", async (t) => {
  const home = await newVault(t);
  writeFileSync(join(home.project, ".ov.yaml"), "app: shop\nserver: https://example.com\n");
  const { code, stderr } = await home.ov(["status"]);
  assert.equal(code, 2);
  assert.match(stderr, /\.ov\.yaml:2/);
});
