import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { before, type TestContext, test } from "node:test";
import { type Agents, installAgents } from "../../scripts/agents.ts";
import { type Home, newVault } from "../cli/fixtures/home.ts";
import { type Call, type ScriptedModel, scriptedModel } from "./fixtures/scripted-model.ts";

const VALUE = "qv7Tz4mBn93kXw2LpR8s";
let agents: Agents;
before(() => {
  agents = installAgents();
});

interface Agent {
  readonly args: (home: Home, url: string) => readonly string[];
  readonly env: (url: string) => Readonly<Record<string, string>>;
  readonly calls: (file: string) => readonly Call[];
}

const AGENTS: Readonly<Record<keyof Agents, Agent>> = {
  claude: {
    args: () => ["-p", "read it", "--dangerously-skip-permissions"],
    env: (url) => ({
      ...{ ANTHROPIC_BASE_URL: url, ANTHROPIC_API_KEY: "none", IS_SANDBOX: "1" },
      ...{ CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC: "1", DISABLE_AUTOUPDATER: "1" },
    }),
    calls: (file) => [
      { tool: "Read", input: { file_path: file } },
      { tool: "Bash", input: { command: `cat ${file}`, description: "shows it" } },
    ],
  },
  copilot: {
    args: () => ["-p", "read it", "--allow-all-tools", "--allow-all-paths"],
    env: (url) => ({
      ...{ COPILOT_OFFLINE: "true", COPILOT_PROVIDER_TYPE: "openai", COPILOT_PROVIDER_BASE_URL: `${url}/v1` },
      ...{ COPILOT_MODEL: "scripted", COPILOT_PROVIDER_API_KEY: "none" },
    }),
    calls: (file) => [
      { tool: "view", input: { path: file } },
      { tool: "bash", input: { command: `cat ${file}; exit 3`, description: "shows it" } },
    ],
  },
  codex: {
    // A person says once in "/hooks" that the hook is theirs.
    args: (home, url) => {
      const provider = `name = "s"\nbase_url = "${url}/v1"\nwire_api = "responses"\n`;
      const config = `model = "scripted"\nmodel_provider = "s"\n[model_providers.s]\n${provider}`;
      writeFileSync(join(home.root, "home", ".codex", "config.toml"), config);
      const free = ["--dangerously-bypass-approvals-and-sandbox", "--dangerously-bypass-hook-trust"];
      return ["exec", "--skip-git-repo-check", ...free, "read it"];
    },
    env: () => ({}),
    calls: (file) => [
      { tool: "exec_command", input: { cmd: `cat ${file}` } },
      { tool: "exec_command", input: { cmd: `cat ${file}; exit 3` } },
    ],
  },
  gemini: {
    args: (home) => {
      const file = join(home.root, "home", ".gemini", "settings.json");
      const security = { auth: { selectedType: "gemini-api-key" } };
      writeFileSync(file, JSON.stringify({ ...JSON.parse(readFileSync(file, "utf8")), security }));
      return ["--yolo", "--skip-trust", "-m", "gemini-2.5-pro", "-p", "read it"];
    },
    env: (url) => ({ GOOGLE_GEMINI_BASE_URL: url, GEMINI_API_KEY: "none", GEMINI_TELEMETRY_ENABLED: "false" }),
    calls: (file) => [
      { tool: "read_file", input: { file_path: file } },
      { tool: "run_shell_command", input: { command: `cat ${file}; exit 3` } },
    ],
  },
};

for (const name of Object.keys(AGENTS) as (keyof Agents)[]) {
  test(`S358 the real ${name} reads a file that holds a value, and its model gets the redacted text only`, async (t) => {
    const { sent, output, calls } = await played(t, name, AGENTS[name].calls);
    assert.ok(sent.split("the key is [redacted:vault]").length > calls, output);
    assert.ok(!sent.includes(VALUE));
    assert.ok(sent.includes("last line"));
  });
}

test("of a command that fails, the real claude shows its model the output whatever a hook says, with a warning", async (t) => {
  const fails = (file: string) => [
    { tool: "Bash", input: { command: `cat ${file}; exit 3`, description: "shows it" } },
  ];
  const { sent, output } = await played(t, "claude", fails);
  assert.match(sent, /OpaqueVault: the output of a tool that failed shows a value/, output);
  assert.ok(sent.includes(VALUE), "Claude Code has learned to replace it: say so in the guide");
});

/** What the model was sent in all, when the agent with our hook did these calls. */
async function played(t: TestContext, name: keyof Agents, calls: Agent["calls"]) {
  const home = await newVault(t);
  assert.equal((await home.ov(["unlock"])).code, 0);
  await home.ov(["secret", "create", "shop/dev/STRIPE_KEY", "--stdin"], { input: VALUE });
  const installed = await home.ov(["hook", "install", "--client", name, "--yes"]);
  assert.equal(installed.code, 0, installed.stderr);
  const file = join(home.project, "notes.txt");
  writeFileSync(file, `first line\nthe key is ${VALUE}\nlast line\n`);
  const model = await scriptedModel(t, calls(file));
  const output = await runAgent(t, home, agents[name], AGENTS[name], model);
  return { sent: model.requests.join("\n"), output, calls: calls(file).length };
}

async function runAgent(
  t: TestContext,
  home: Home,
  script: string,
  agent: Agent,
  model: ScriptedModel,
): Promise<string> {
  const child = spawn(process.execPath, [script, ...agent.args(home, model.url)], {
    cwd: home.project,
    env: { PATH: home.env.PATH ?? "", HOME: join(home.root, "home"), ...agent.env(model.url) },
    stdio: ["ignore", "pipe", "pipe"],
  });
  t.after(() => child.kill("SIGKILL"));
  const chunks: Buffer[] = [];
  for (const stream of [child.stdout, child.stderr]) stream.on("data", (chunk: Buffer) => chunks.push(chunk));
  const timer = setTimeout(() => child.kill("SIGKILL"), 120_000);
  await new Promise((resolve) => child.on("close", resolve));
  clearTimeout(timer);
  return Buffer.concat(chunks).toString("utf8");
}
