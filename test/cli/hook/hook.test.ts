import assert from "node:assert/strict";
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { test } from "node:test";
import { newHome, newVault, OV } from "../fixtures/home.ts";

const VALUE = "qv7Tz4mBn93kXw2LpR8s";

test("ov hook asks the process that holds the vault, needs no context, and prints one answer", async (t) => {
  const home = await newVault(t);
  assert.equal((await home.ov(["unlock"])).code, 0);
  await home.ov(["secret", "create", "shop/production/STRIPE_KEY", "--stdin"], { input: VALUE });
  const event = JSON.stringify({ hook_event_name: "PostToolUse", cwd: "/", tool_response: `STRIPE=${VALUE}\n` });
  const { code, stdout, stderr } = await home.ov(["hook", "codex"], { input: event, cwd: "/", askpass: false });
  assert.equal(code, 0, stderr);
  assert.match(JSON.parse(stdout).reason, /The output:\nSTRIPE=\[redacted:vault\]\n$/);
  assert.equal(stderr, "");
  const audit = await home.ov(["audit", "--action", "redact"]);
  assert.match(audit.stdout, /Codex \(hook\).*STRIPE_KEY/s);
  await home.ov(["lock"]);
  const locked = await home.ov(["hook", "codex"], { input: event, askpass: false });
  assert.deepEqual([locked.code, locked.stdout], [0, ""]);
  assert.match(locked.stderr, /vault is locked/);
});

const PLACES = {
  claude: { file: ".claude/settings.json", lists: ["hooks.PostToolUse", "hooks.PostToolUseFailure"] },
  copilot: { file: ".copilot/hooks/opaquevault.json", lists: ["hooks.postToolUse", "hooks.postToolUseFailure"] },
  codex: { file: ".codex/hooks.json", lists: ["hooks.PostToolUse"] },
  gemini: { file: ".gemini/settings.json", lists: ["hooks.AfterTool"] },
} as const;

for (const [name, { file, lists }] of Object.entries(PLACES)) {
  test(`ov hook install writes the configuration of ${name}, and a second time changes nothing`, async (t) => {
    const home = newHome(t);
    const path = join(home.root, "home", file);
    const first = await home.ov(["hook", "install", "--client", name, "--yes"]);
    assert.equal(first.code, 0, first.stderr);
    const command = `OV_HOME=${home.ovHome} ${process.execPath} ${OV} hook ${name}`;
    const text = readFileSync(path, "utf8");
    for (const list of lists) assert.equal(listAt(JSON.parse(text), list).length, 1);
    assert.equal(text.split(JSON.stringify(command)).length - 1, lists.length, text);
    const second = await home.ov(["hook", "install", "--client", name, "--yes"]);
    assert.match(second.stderr, /already set up/);
    assert.equal(readFileSync(path, "utf8"), text);
    assert.deepEqual(
      readdirSync(dirname(path)).filter((other) => other.endsWith(".bak")),
      [],
    );
  });
}

test("other hooks and settings stay, the old file is kept, and a hook of another home is replaced", async (t) => {
  const home = newHome(t);
  const path = join(home.root, "home", ".claude", "settings.json");
  mkdirSync(dirname(path), { recursive: true });
  const theirs = { matcher: "Bash", hooks: [{ type: "command", command: "lint" }] };
  const old = { matcher: "*", hooks: [{ type: "command", command: "OV_HOME=/old node ov.js hook claude" }] };
  const before = `// mine\n${JSON.stringify({ model: "x", hooks: { PostToolUse: [theirs, old], Stop: [theirs] } })}`;
  writeFileSync(path, before);
  const { code, stderr } = await home.ov(["hook", "install", "--client", "claude", "--yes"]);
  assert.equal(code, 0, stderr);
  assert.match(stderr, /- .*\/old node ov\.js hook claude/);
  const after = readFileSync(path, "utf8");
  assert.match(after, /^\/\/ mine\n/);
  const { model, hooks } = JSON.parse(after.slice(after.indexOf("\n")));
  assert.deepEqual([model, hooks.Stop, hooks.PostToolUse[0], hooks.PostToolUse.length], ["x", [theirs], theirs, 2]);
  const [backup] = readdirSync(dirname(path)).filter((other) => other.endsWith(".bak"));
  assert.equal(readFileSync(join(dirname(path), backup!), "utf8"), before);
});

test("a project's hook is by name, --print writes nothing, and without a person nothing is changed", async (t) => {
  const home = newHome(t);
  const printed = await home.ov(["hook", "install", "--client", "gemini", "codex", "--print"]);
  assert.match(printed.stdout, /"AfterTool"[\s\S]*hook gemini[\s\S]*"PostToolUse"[\s\S]*hook codex/);
  assert.equal((await home.ov(["hook", "install", "--client", "gemini"])).code !== 0, true);
  assert.equal(existsSync(join(home.root, "home", ".gemini")), false);
  await home.ov(["hook", "install", "--client", "gemini", "--scope", "project", "--yes"]);
  assert.match(readFileSync(join(home.project, ".gemini", "settings.json"), "utf8"), /"ov hook gemini"/);
});

test("a file whose hooks are no list is refused and left as it is", async (t) => {
  const home = newHome(t);
  const path = join(home.root, "home", ".codex", "hooks.json");
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, '{"hooks":{"PostToolUse":{}}}');
  const { code, stderr } = await home.ov(["hook", "install", "--client", "codex", "--yes"]);
  assert.notEqual(code, 0);
  assert.match(stderr, /a list/);
  assert.equal(readFileSync(path, "utf8"), '{"hooks":{"PostToolUse":{}}}');
});

function listAt(value: unknown, path: string): readonly unknown[] {
  return path.split(".").reduce<unknown>((at, key) => (at as Record<string, unknown>)[key], value) as unknown[];
}
