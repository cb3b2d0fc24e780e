import assert from "node:assert/strict";
import { execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdirSync, mkdtempSync, realpathSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { fileURLToPath } from "node:url";
import { findProgram } from "#core/run/find-program.ts";
import { type SandboxAnswer, type SandboxRequest, temporaryFolder } from "#core/run/sandbox/sandbox-request.ts";

const ROOT = fileURLToPath(new URL("..", import.meta.url));

test("the VSIX holds the bundle, the manifest with its texts and pictures, and four documents", () => {
  const vsce = fileURLToPath(new URL("../node_modules/.bin/vsce", import.meta.url));
  const listed = execFileSync(vsce, ["ls", "--no-dependencies"], {
    cwd: ROOT,
    encoding: "utf8",
    shell: process.platform === "win32",
  });
  const files = listed.trim().split(/\r?\n/);
  const documents = files.filter((file) => !file.startsWith("dist/")).sort();
  assert.deepEqual(documents, [
    "CHANGELOG.md",
    "LICENSE",
    "README.md",
    "SECURITY.md",
    "l10n/bundle.l10n.de.json",
    "media/activity.svg",
    "media/icon.png",
    "media/ov-yaml.schema.json",
    "media/walkthrough/agent.png",
    "media/walkthrough/context.png",
    "media/walkthrough/create.png",
    "media/walkthrough/secret.png",
    "package.json",
    "package.nls.de.json",
    "package.nls.json",
  ]);
  for (const needed of [
    "dist/extension.js",
    "dist/webview/approvals.js",
    "dist/ov.js",
    "dist/argon2-worker.js",
    "dist/pty-host.js",
    "dist/node_modules/@lydell/node-pty/package.json",
  ]) {
    assert.ok(files.includes(needed), needed);
  }
  const scripts = files.filter((file) => file.endsWith(".js"));
  assert.ok(scripts.length <= 100, `vsce warns of more than 100 JavaScript files: ${scripts.length}`);
  assert.ok(
    files.every(
      (file) =>
        !/\.(ts|map)$|(^|\/)(test|bench|scripts)\//.test(file) || file.endsWith(".d.ts") || file.includes("/@lydell/"),
    ),
  );
});

test("the bundle runs where nothing else of the repository is", async (t) => {
  const { cpSync } = await import("node:fs");
  const folder = mkdtempSync(join(tmpdir(), "ov-bundle-"));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  cpSync(join(ROOT, "dist"), join(folder, "dist"), { recursive: true });
  const env = { ...process.env, OV_HOME: join(folder, "home") };
  const status = execFileSync(process.execPath, [join(folder, "dist/ov.js"), "status", "--json"], {
    env,
    cwd: folder,
    encoding: "utf8",
  });
  assert.equal(JSON.parse(status).vault.state, "absent");
});

test("the process of a sandbox makes the same from the bundle as from the sources, or refuses for the same reason", async (t) => {
  if (process.platform === "win32") return assert.ok(!existsSync(join(ROOT, "dist/sandbox-host.js")));
  const [bundled, source] = [
    await inSandbox(t, "dist/sandbox-host.js"),
    await inSandbox(t, "extension/core/run/sandbox/sandbox-host.ts"),
  ];
  assert.deepEqual(bundled, source);
  assert.ok(bundled.printed === "hello\n" || bundled.reason !== undefined);
});

/** What `echo hello` prints in a sandbox that a process of this file holds, or why there is none. */
async function inSandbox(t: TestContext, file: string) {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), "ov-test-")));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  mkdirSync(temporaryFolder(folder));
  const { PATH = "" } = process.env;
  const host = spawn(process.execPath, [join(ROOT, file)], {
    stdio: ["ignore", "ignore", "inherit", "ipc"],
    cwd: folder,
    env: { PATH, HOME: folder, TMPDIR: folder, CLAUDE_CODE_TMPDIR: temporaryFolder(folder) },
  });
  const [bwrap, socat] = ["bwrap", "socat"].map((name) => findProgram(name, PATH, "/"));
  const request: SandboxRequest = {
    ...{ command: "echo hello", cwd: folder, folder, hosts: ["api.example"], isFirst: true },
    ...(bwrap === undefined || socat === undefined ? {} : { programs: { bwrap, socat } }),
  };
  host.send(request);
  const [answer] = (await once(host, "message")) as [SandboxAnswer]; // its only message
  const ended = once(host, "exit");
  try {
    if (answer.kind === "refused") return { reason: answer.reason };
    const [program, ...args] = answer.argv;
    return { printed: execFileSync(program!, args, { cwd: folder, encoding: "utf8" }) };
  } finally {
    host.disconnect();
    await ended;
  }
}

test("what the extension loads later is loaded in steps, and none of it is named by a plain import()", async () => {
  const { readdirSync, readFileSync } = await import("node:fs");
  const chunks = join(ROOT, "dist/chunks");
  const steps = readFileSync(join(chunks, "in-steps.js"), "utf8");
  const files = readdirSync(chunks);
  for (const [, step] of steps.matchAll(/"([^"]+\.js)"/g)) assert.ok(files.includes(step!), step);
  const extension = readFileSync(join(ROOT, "dist/extension.js"), "utf8");
  assert.match(extension, /__steps\("window-/);
  assert.doesNotMatch(extension, /\bimport\("\.\/chunks/);
});

test("a bug report's stack trace is told by its places in the source, also behind an import that loads in steps", async () => {
  const { readFileSync } = await import("node:fs");
  const lines = readFileSync(join(ROOT, "dist/extension.js"), "utf8").split("\n");
  const text = '"opaquevault.showLog"';
  const line = lines.findIndex(
    (each) => each.includes("__steps(") && each.lastIndexOf(text) > each.indexOf("__steps("),
  );
  assert.notEqual(line, -1);
  const place = `${line + 1}:${lines[line]!.lastIndexOf(text) + 1}`;
  const log = `window-error TypeError at x (file:///ext/dist/extension.js:${place}) at y (file:///ext/dist/chunks/of-another-version.js:1:2)`;
  const told = execFileSync(process.execPath, [join(ROOT, "scripts/stack.mjs")], { input: log, encoding: "utf8" });
  const [, file, at] =
    /^window-error TypeError at x \((.+):(\d+):\d+\) at y \(file:\/\/\/ext\/dist\/chunks\/of-another-version\.js:1:2\)$/.exec(
      told,
    ) ?? [];
  assert.ok(readFileSync(join(ROOT, file!), "utf8").split("\n")[Number(at) - 1]!.includes(text), told);
});
