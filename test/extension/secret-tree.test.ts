import assert from "node:assert/strict";
import { test } from "node:test";
import type { AppInfo, VaultAccess } from "#core/run/vault-access.ts";
import { type Context, formatContext, requireContext } from "#core/vault/context.ts";
import "./fakes/vscode-hook.ts";

const { SecretTree } = await import("#vscode/tree/secret-tree.ts");
const { AppNode } = await import("#vscode/tree/nodes.ts");

/** A vault with one large environment, which notes what is asked of it. */
function vault(app: string, asked: string[]): VaultAccess {
  const context = requireContext(app, "dev");
  const apps: readonly AppInfo[] = [
    { app: context.app, environments: [{ environment: context.environment, secrets: 10_000, production: false }] },
  ];
  const access = {
    revision: async () => "1",
    apps: async () => {
      asked.push("apps");
      return apps;
    },
    list: async (one: Context) => {
      asked.push(formatContext(one));
      return [];
    },
  };
  return access as unknown as VaultAccess; // nothing else of it is used
}

function treeOf(access: () => VaultAccess | undefined) {
  return new SecretTree({
    access,
    active: () => undefined,
    now: Date.now,
    rotations: { of: () => undefined, look: async () => {} },
  });
}

const settled = () => new Promise((resolve) => setImmediate(resolve));

test("after an unlock a large environment is listed before VS Code asks for the tree, and the vault is read once", async () => {
  const asked: string[] = [];
  const access = vault("shop", asked);
  const tree = treeOf(() => access);
  tree.begin();
  await settled();
  assert.deepEqual(asked, ["apps", "shop/dev"]);
  const rows = await tree.getChildren();
  assert.deepEqual(asked, ["apps", "shop/dev"]);
  assert.deepEqual(
    rows.map((row) => row instanceof AppNode && row.app),
    ["shop"],
  );
  await tree.getChildren();
  assert.equal(asked.filter((what) => what === "apps").length, 2, "a later look reads the vault again");
});

test("what was begun of a vault is not shown for the next one, nor once it is locked", async () => {
  let access: VaultAccess | undefined = vault("old", []);
  const tree = treeOf(() => access);
  tree.begin();
  access = undefined;
  tree.forget();
  assert.deepEqual(await tree.getChildren(), []);
  access = vault("new", []);
  const rows = await tree.getChildren();
  assert.deepEqual(
    rows.map((row) => row instanceof AppNode && row.app),
    ["new"],
  );
});
