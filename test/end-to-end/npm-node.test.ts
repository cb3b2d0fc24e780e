import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { pathToFileURL } from "node:url";
import { Client } from "@modelcontextprotocol/client";
import { StdioClientTransport } from "@modelcontextprotocol/client/stdio";
import { parseContext } from "#core/vault/context.ts";
import { remoteAccess } from "#mcp/remote-access.ts";
import { DemoVault, OV } from "./demo-vault.ts";

/**
 * The Node.js that npm was started with, which is the one that `npm link` gives `ov` to. The other tests run in the newest
 * one, from node_modules.
 */
const NODE = process.env.npm_node_execpath ?? process.execPath;

let vault: DemoVault;

before(() => {
  vault = new DemoVault({}, NODE);
});

after(() => vault.close());

test("every chunk of ov loads in the Node.js that npm runs in", () => {
  const chunks = join(OV, "../chunks");
  const files = readdirSync(chunks).filter((file) => file.endsWith(".js"));
  const urls = files.map((file) => pathToFileURL(join(chunks, file)).href);
  const script = `
    for (const url of ${JSON.stringify(urls)}) {
      await import(url).catch((error) => console.log(error.message));
    }
    process.exit();`;
  const told = execFileSync(NODE, ["--input-type=module", "-e", script], { encoding: "utf8", env: vault.env });
  // The window's own chunks run in VS Code only.
  const broken = told.split("\n").filter((line) => line !== "" && !line.startsWith("Cannot find package 'vscode'"));
  assert.deepEqual(broken, []);
});

test("in the Node.js that npm runs in, a command gets its secret from ov run and vault_run, and no one else does", async () => {
  const agent = remoteAccess(JSON.parse(readFileSync(join(vault.folder, "run", "agent.json"), "utf8")));
  await agent.preapprove(parseContext("shop/dev"), 60, Buffer.from(vault.password));
  const script = 'printf %s "$STRIPE_KEY" | wc -c; echo "$STRIPE_KEY"';
  const shown = `${vault.secret.length}\n[redacted:STRIPE_KEY]\n`;
  assert.equal(vault.ov(["run", "-a", "shop", "-e", "dev", "--", "sh", "-c", script]), shown);

  const client = new Client({ name: "test", version: "1" });
  const env = { ...vault.env, PATH: process.env.PATH! } as Record<string, string>;
  await client.connect(new StdioClientTransport({ command: NODE, args: [OV, "mcp", "serve"], env, cwd: vault.folder }));
  const called = { command: script, app: "shop", environment: "dev" };
  const { structuredContent } = await client.callTool({ name: "vault_run", arguments: called });
  await client.close();
  assert.equal((structuredContent as { stdout?: string }).stdout, shown);
});

test("in the Node.js that npm runs in, a vault is listed, audited and backed up", () => {
  assert.match(vault.ov(["secret", "list", "-a", "shop", "-e", "dev"]), /STRIPE_KEY/);
  assert.match(vault.ov(["audit"]), /STRIPE_KEY/);
  vault.ov(["export", join(vault.folder, "backup.ovb")]);
  assert.equal(readFileSync(join(vault.folder, "backup.ovb")).subarray(0, 4).toString(), "OVB1");
});
