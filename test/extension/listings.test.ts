import assert from "node:assert/strict";
import { test } from "node:test";
import type { AppInfo, SecretInfo, VaultAccess } from "#core/run/vault-access.ts";
import { type Context, formatContext, requireContext } from "#core/vault/context.ts";
import { Listings } from "#vscode/tree/listings.ts";

/** A vault that notes what is listed, and answers when it is told to. */
function slowVault() {
  const asked: string[] = [];
  const answers: ((infos: readonly SecretInfo[]) => void)[] = [];
  const list = (context: Context) => {
    asked.push(formatContext(context));
    return new Promise<readonly SecretInfo[]>((resolve) => answers.push(resolve));
  };
  const access = { list } as unknown as VaultAccess; // nothing else of it is used
  return { access, asked, answer: () => answers.shift()!([]) };
}

function apps(environments: Readonly<Record<string, number>>): readonly AppInfo[] {
  const all = Object.entries(environments).map(([environment, secrets]) => {
    const context = requireContext("shop", environment);
    return { environment: context.environment, secrets, production: false };
  });
  return [{ app: requireContext("shop", "dev").app, environments: all }];
}

const settled = () => new Promise((resolve) => setImmediate(resolve));

test("large environments are listed ahead, the largest first, and small ones are not", async () => {
  const { access, asked, answer } = slowVault();
  const ahead = new Listings(access).listAhead(apps({ dev: 3, stage: 600, prod: 10_000 }));
  assert.deepEqual(asked, ["shop/prod"]);
  answer();
  await settled();
  assert.deepEqual(asked, ["shop/prod", "shop/stage"]);
  answer();
  await ahead;
});

test("no more is listed ahead than may be worth it", async () => {
  const { access, asked, answer } = slowVault();
  const ahead = new Listings(access).listAhead(apps({ a: 10_000, b: 9_900, c: 9_800, d: 100 }));
  answer();
  await settled();
  answer();
  await ahead;
  assert.deepEqual(asked, ["shop/a", "shop/b"]);
});

test("who opens an environment that is being listed waits for that listing; afterwards it is listed anew", async () => {
  const { access, asked, answer } = slowVault();
  const listings = new Listings(access);
  const context = requireContext("shop", "dev");
  const both = Promise.all([listings.list(context), listings.list(context)]);
  answer();
  await both;
  assert.deepEqual(asked, ["shop/dev"]);
  void listings.list(context);
  assert.deepEqual(asked, ["shop/dev", "shop/dev"]);
});

test("a vault that locks meanwhile ends what is listed ahead", async () => {
  const asked: string[] = [];
  const list = async (context: Context) => {
    asked.push(formatContext(context));
    throw new Error("locked");
  };
  const listings = new Listings({ list } as unknown as VaultAccess);
  await assert.rejects(listings.listAhead(apps({ dev: 600, stage: 700 })), /locked/);
  assert.deepEqual(asked, ["shop/stage"]);
});
