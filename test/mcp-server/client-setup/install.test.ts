import assert from "node:assert/strict";
import {
  chmodSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { dirname, join } from "node:path";
import { test } from "node:test";
import { parse as parseJsonc } from "jsonc-parser";
import { parse as parseToml } from "smol-toml";
import { newHome, OV } from "../../cli/fixtures/home.ts";

const STARTS = { command: process.execPath, args: [OV, "mcp", "serve"] };

/** Where each client keeps its servers, and what an entry looks like there. */
const CLIENTS = {
  claude: { file: ".claude.json", at: ["mcpServers"], entry: { type: "stdio", ...STARTS } },
  copilot: { file: ".copilot/mcp-config.json", at: ["mcpServers"], entry: { type: "local", ...STARTS, tools: ["*"] } },
  codex: {
    file: ".codex/config.toml",
    at: ["mcp_servers"],
    entry: { ...STARTS, tool_timeout_sec: 600, default_tools_approval_mode: "approve" },
  },
  gemini: { file: ".gemini/settings.json", at: ["mcpServers"], entry: STARTS },
  opencode: {
    file: ".config/opencode/opencode.json",
    at: ["mcp"],
    entry: { type: "local", command: [STARTS.command, ...STARTS.args], enabled: true },
  },
  cursor: { file: ".cursor/mcp.json", at: ["mcpServers"], entry: { type: "stdio", ...STARTS } },
  vscode: { file: vscodeFile(), at: ["servers"], entry: { type: "stdio", ...STARTS } },
} as const;

for (const [name, { file, at, entry }] of Object.entries(CLIENTS)) {
  test(`ov mcp install writes the configuration of ${name}, and a second time changes nothing`, async (t) => {
    const home = newHome(t);
    const path = join(home.root, "home", file);
    const first = await home.ov(["mcp", "install", "--client", name, "--yes"]);
    assert.equal(first.code, 0, first.stderr);
    const { env, environment, ...found } = entryIn(path, [...at, "opaquevault"]) as Record<string, unknown>;
    assert.deepEqual(found, entry);
    assert.deepEqual(env ?? environment, { OV_HOME: home.ovHome });
    const text = readFileSync(path, "utf8");
    const second = await home.ov(["mcp", "install", "--client", name, "--yes"]);
    assert.match(second.stderr, /already set up/);
    assert.equal(readFileSync(path, "utf8"), text);
    assert.deepEqual(
      readdirSync(dirname(path)).filter((other) => other.endsWith(".bak")),
      [],
    );
  });
}

test("the old file is kept beside the new one, with its mode, and a link stays a link", async (t) => {
  const home = newHome(t);
  const real = join(home.root, "dotfiles.json");
  writeFileSync(real, '{ "a": 1 }\n');
  chmodSync(real, 0o640);
  symlinkSync(real, join(home.root, "home", ".claude.json"));
  const { code } = await home.ov(["mcp", "install", "--client", "claude", "--yes"]);
  assert.equal(code, 0);
  assert.ok(lstatSync(join(home.root, "home", ".claude.json")).isSymbolicLink());
  assert.equal(statSync(real).mode & 0o777, 0o640);
  const [backup] = readdirSync(home.root).filter((file) => file.endsWith(".bak"));
  assert.equal(readFileSync(join(home.root, backup!), "utf8"), '{ "a": 1 }\n');
});

test("S94 the change is shown without anything else of the file, where other servers keep their keys", async (t) => {
  const home = newHome(t);
  const key = "sk_other_4f7d0a1b2c3d4e5f";
  writeFileSync(join(home.root, "home", ".claude.json"), `{ "mcpServers": { "x": { "env": { "KEY": "${key}" } } } }`);
  const { stdout, stderr } = await home.ov(["mcp", "install", "--client", "claude", "--yes"]);
  assert.match(stderr, /opaquevault/);
  assert.ok(!`${stdout}${stderr}`.includes(key));
  assert.ok(readFileSync(join(home.root, "home", ".claude.json"), "utf8").includes(key));
});

test("without a terminal and without --yes nothing is written", async (t) => {
  const home = newHome(t);
  const { code, stderr } = await home.ov(["mcp", "install", "--client", "cursor"]);
  assert.equal(code, 5);
  assert.match(stderr, /--yes/);
  assert.ok(!existsSync(join(home.root, "home", ".cursor")));
});

test("--print shows the entry on stdout and writes nothing", async (t) => {
  const home = newHome(t);
  const { code, stdout } = await home.ov(["mcp", "install", "--client", "codex", "--print"]);
  assert.equal(code, 0);
  assert.deepEqual(Object.keys(parseToml(stdout).mcp_servers as object), ["opaquevault"]);
  assert.ok(!existsSync(join(home.root, "home", ".codex")));
});

test("a project's configuration starts ov by its name, since paths differ from machine to machine", async (t) => {
  const home = newHome(t);
  await home.ov(["mcp", "install", "--client", "claude", "--scope", "project", "--yes"]);
  assert.deepEqual(entryIn(join(home.project, ".mcp.json"), ["mcpServers", "opaquevault"]), {
    type: "stdio",
    command: "ov",
    args: ["mcp", "serve"],
  });
});

test("opencode's newer layout is kept, and its .jsonc file is found", async (t) => {
  const home = newHome(t);
  const path = join(home.root, "home", ".config", "opencode", "opencode.jsonc");
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, '{\n  // mine\n  "mcp": { "servers": {} }\n}\n');
  await home.ov(["mcp", "install", "--client", "opencode", "--yes"]);
  assert.ok(entryIn(path, ["mcp", "servers", "opaquevault"]));
  assert.match(readFileSync(path, "utf8"), /\/\/ mine/);
});

test("a broken configuration is left as it is", async (t) => {
  const home = newHome(t);
  const path = join(home.root, "home", ".claude.json");
  writeFileSync(path, '{ "a": ');
  const { code } = await home.ov(["mcp", "install", "--client", "claude", "--yes"]);
  assert.equal(code, 2);
  assert.equal(readFileSync(path, "utf8"), '{ "a": ');
});

function entryIn(path: string, keys: readonly string[]): unknown {
  const text = readFileSync(path, "utf8");
  const whole: unknown = path.endsWith(".toml") ? JSON.parse(JSON.stringify(parseToml(text))) : parseJsonc(text);
  return keys.reduce<unknown>((at, key) => (at as Record<string, unknown>)[key], whole);
}

function vscodeFile(): string {
  if (process.platform === "darwin") return "Library/Application Support/Code/User/mcp.json";
  return process.platform === "win32" ? "AppData/Roaming/Code/User/mcp.json" : ".config/Code/User/mcp.json";
}
