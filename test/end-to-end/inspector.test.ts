import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { fileURLToPath } from "node:url";
import { DemoVault, OV } from "./demo-vault.ts";

const INSPECTOR = fileURLToPath(new URL("../../node_modules/.bin/mcp-inspector", import.meta.url));

let vault: DemoVault;

before(() => {
  vault = new DemoVault();
});

after(() => vault.close());

function inspect(...args: readonly string[]): Promise<string> {
  // It hands servers a short list of its own variables only.
  const env = ["-e", `OV_HOME=${vault.folder}`];
  return vault.run(INSPECTOR, ["--cli", ...env, process.execPath, OV, "mcp", "serve", ...args]);
}

test("the official inspector lists the seven tools", async () => {
  const { tools } = JSON.parse(await inspect("--method", "tools/list"));
  assert.deepEqual(tools.map((tool: { name: string }) => tool.name).sort(), [
    "vault_create_secret",
    "vault_delete_secret",
    "vault_inject_env",
    "vault_list_secrets",
    "vault_run",
    "vault_status",
    "vault_update_secret",
  ]);
});

test("the official inspector gets names, and is told who has to approve a run", async () => {
  const list = await inspect(
    "--method",
    "tools/call",
    "--tool-name",
    "vault_list_secrets",
    "--tool-arg",
    "app=shop",
    "environment=dev",
  );
  assert.match(list, /STRIPE_KEY/);
  assert.ok(!list.includes(vault.secret));
  const run = await inspect(
    "--method",
    "tools/call",
    "--tool-name",
    "vault_run",
    "--tool-arg",
    "app=shop",
    "environment=dev",
    "command=env",
  ).catch((error: { stdout: string }) => error.stdout);
  assert.match(run, /approval-required: .*ov approve [0-9a-f]{8}/);
});
