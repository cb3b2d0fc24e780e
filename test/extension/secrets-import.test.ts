import assert from "node:assert/strict";
import "./fakes/vscode-hook.ts";
import { appendFileSync, existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, test } from "node:test";
import { requireSecretName } from "#core/vault/context.ts";
import { DEV, KEY, PASSWORD, put } from "../core/vault/fixture.ts";
import { temporaryFolder } from "../temporary-folder.ts";
import { notified, plan, type Reply, shown, unused } from "./fakes/person.ts";
import { type WindowWithVault, windowWithVault } from "./fakes/window-with-vault.ts";

const { importSecrets } = await import("#vscode/commands/import/import-secrets.ts");

const TEXT = 'STRIPE_KEY=sk_live_51Hq8ZrTnW3\nDATABASE_URL="postgres://u:p4ssw0rd@db/shop"\nPATH=/tmp\nEMPTY=\n';
const DATABASE_URL = requireSecretName("DATABASE_URL");
const TRASH: readonly Reply[] = [{ press: "Move to Trash" }, { press: "Delete for Good" }];

afterEach(() => assert.deepEqual(unused(), [], "the person had more to say"));

async function importing(
  replies: readonly Reply[],
  before?: string,
  watch?: (file: string, texts: readonly string[]) => void,
) {
  const file = join(temporaryFolder("ov-import-"), ".env");
  writeFileSync(file, TEXT);
  const made = await windowWithVault();
  if (before !== undefined) await put(made.session, KEY, before);
  plan([{ open: file }, { pick: "shop/dev" }, ...replies], undefined, (texts) => watch?.(file, texts));
  const result = importSecrets(made.window, undefined);
  return { file, result, made };
}

async function stored({ access }: WindowWithVault, name = DATABASE_URL): Promise<string | undefined> {
  const known = (await access.list(DEV)).some((info) => info.name === name);
  return known ? Buffer.from(await access.reveal(DEV, name, undefined, PASSWORD)).toString() : undefined;
}

test("an import shows names and what can't be imported, stores, and moves the file away only after a yes", async () => {
  const { file, result, made } = await importing(["accept", ...TRASH]);
  await result;
  const all = JSON.stringify(shown);
  for (const value of ["sk_live", "p4ssw0rd", '/tmp"']) assert.ok(!all.includes(value), value);
  assert.match(all, /DATABASE_URL new/);
  assert.match(all, /PATH \(programs load code/);
  assert.match(all, /Not in the vault, and gone with it: PATH .*EMPTY/);
  assert.equal(await stored(made), "postgres://u:p4ssw0rd@db/shop");
  assert.ok(!existsSync(file));
});

test("saying no at any point leaves the vault or the file as it was", async () => {
  const preview = await importing(["escape"]);
  await preview.result;
  assert.deepEqual(await preview.made.access.list(DEV), []);
  const deletion = await importing(["accept", "escape"]);
  await deletion.result;
  assert.equal(readFileSync(deletion.file, "utf8"), TEXT);
});

test("a value that would be replaced is asked about by name", async () => {
  const goOn = { pick: "Go On without Comparing" };
  const given = await importing([goOn, "accept", "escape"], "sk_live_the_old_one");
  await given.result;
  assert.match(shown.at(-1)!.join(), /Replace values in shop\/dev.*STRIPE_KEY/);
  assert.equal(await stored(given.made, KEY), "sk_live_the_old_one");
  assert.equal(await stored(given.made), undefined);

  const onlyNew = await importing(
    [goOn, "accept", { press: "Import Only the New Ones" }, "escape"],
    "sk_live_the_old_one",
  );
  await onlyNew.result;
  assert.equal(await stored(onlyNew.made, KEY), "sk_live_the_old_one");
  assert.equal(await stored(onlyNew.made), "postgres://u:p4ssw0rd@db/shop");

  const replace = await importing([goOn, "accept", { press: "Replace" }, "escape"], "sk_live_the_old_one");
  await replace.result;
  assert.equal(await stored(replace.made, KEY), "sk_live_51Hq8ZrTnW3");
});

test("with the master password, a value that is stored already is known and gets no new version", async () => {
  const compare = [{ pick: "Compare the Values" }, { type: PASSWORD.toString() }] as const;
  const { made, result } = await importing([...compare, "accept", "escape"], "sk_live_51Hq8ZrTnW3");
  await result;
  assert.match(JSON.stringify(shown), /STRIPE_KEY stored already/);
  assert.deepEqual(
    (await made.access.list(DEV)).map(({ name, version }) => `${name} ${version}`),
    ["DATABASE_URL 1", "STRIPE_KEY 1"],
  );
});

test("a file that was changed during the questions is not deleted", async () => {
  const change = (file: string, texts: readonly string[]) => {
    if (texts[0]?.startsWith("Delete ")) appendFileSync(file, "LATER=typed meanwhile\n");
  };
  const { file, result } = await importing(["accept", { press: "Move to Trash" }], undefined, change);
  await assert.rejects(result, { code: "vault-conflict" });
  assert.match(readFileSync(file, "utf8"), /LATER/);
  assert.match(notified.join(), /Imported 2 into shop\/dev/);
});
