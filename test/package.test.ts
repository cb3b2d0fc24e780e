import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { test } from "node:test";
import { fileURLToPath } from "node:url";

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
  const { cpSync, mkdtempSync, rmSync } = await import("node:fs");
  const { tmpdir } = await import("node:os");
  const { join } = await import("node:path");
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

test("what the extension loads later is loaded in steps, and none of it is named by a plain import()", async () => {
  const { readdirSync, readFileSync } = await import("node:fs");
  const { join } = await import("node:path");
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
  const { join } = await import("node:path");
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
