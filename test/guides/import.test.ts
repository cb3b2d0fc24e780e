import assert from "node:assert/strict";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { IMPORT_FORMATS } from "#core/import/import-format.ts";
import { requireContext } from "#core/vault/context.ts";
import { agentOf } from "../cli/fixtures/agent.ts";
import { type Home, newVault, PASSWORD } from "../cli/fixtures/home.ts";
import { atTerminal, ENTER, type PersonAtTerminal } from "../cli/fixtures/terminal.ts";
import { blocksOf, programsOf } from "./guide.ts";
import { runBlock } from "./run-block.ts";

const VALUE = "kZ4tQ9wXr7LmN2vB8sHd";
const PASSPHRASE = "a passphrase of its own";

/** What each program prints, in the shape of its documentation. */
const PRINTS = {
  doppler: JSON.stringify({ API_KEY: VALUE, DOPPLER_PROJECT: "shop", DOPPLER_CONFIG: "dev" }),
  infisical: JSON.stringify([
    { key: "API_KEY", value: VALUE, type: "shared", workspace: "w", secretPath: "/", tags: [] },
  ]),
  op: JSON.stringify({
    ...{ id: "i", title: "Stripe", category: "API_CREDENTIAL", vault: { id: "v", name: "Dev" } },
    fields: [{ id: "credential", type: "CONCEALED", label: "credential", value: VALUE }],
  }),
  aws: JSON.stringify({
    ARN: "arn",
    Name: "prod/db",
    SecretString: JSON.stringify({ password: VALUE }),
    VersionStages: ["AWSCURRENT"],
  }),
  vault: JSON.stringify({
    request_id: "r",
    lease_id: "",
    data: { data: { passcode: VALUE }, metadata: { version: 1 } },
  }),
  bws: JSON.stringify([
    { id: "i", organizationId: "o", projectId: "p", key: "API_KEY", value: VALUE, note: "", creationDate: "d" },
  ]),
};

async function namesIn(home: Home, environment: string): Promise<readonly string[]> {
  return (await agentOf(home).list(requireContext("shop", environment))).map(({ name }) => name);
}

async function give(person: PersonAtTerminal, question: string, answer: string): Promise<void> {
  await person.see(question);
  person.type(`${answer}${ENTER}`);
}

test("every command of the guide on moving in and out does what it says", async (t) => {
  const home = await newVault(t);
  const path = programsOf(home, PRINTS);
  assert.equal((await home.ov(["unlock"])).code, 0);
  const write = (name: string, text: string): void => writeFileSync(join(home.project, name), text);
  write(".env", `API_KEY=${VALUE}\nPATH=/x\n`);
  write(
    "bitwarden.json",
    JSON.stringify({ encrypted: false, folders: [], items: [{ type: 1, name: "db", login: { password: VALUE } }] }),
  );
  write("two.json", JSON.stringify({ "db/key": VALUE, "db-key": "another" }));
  const entry = (projectId: string): object => ({
    organizationId: "o",
    creationDate: "d",
    projectId,
    key: "KEY",
    value: VALUE,
  });
  write("projects.json", JSON.stringify(["p-dev", "p-live", "p-old"].map(entry)));

  const [pipes, files, two, places, backup, sealed] = blocksOf("import.md", "sh") as [
    string,
    string,
    string,
    string,
    string,
    string,
  ];
  const [exportSealed, exportPlain] = blocksOf("import.md", "console") as [string, string];
  assert.equal(blocksOf("import.md", "sh").length + blocksOf("import.md", "console").length, 8);

  let told = "";
  for (const block of [pipes, files, two, places, backup]) {
    const ended = await runBlock(home, block, path);
    assert.equal(ended.code, 0, `${block}\n${ended.stderr}`);
    told += ended.stdout + ended.stderr;
  }
  assert.ok(!told.includes(VALUE));
  const expected = {
    ...{
      dev: ["API_KEY"],
      infisical: ["API_KEY"],
      onepassword: ["STRIPE"],
      aws: ["PROD_DB_PASSWORD"],
      vault: ["passcode"],
    },
    ...{
      bws: ["API_KEY"],
      staging: ["API_KEY"],
      bitwarden: ["DB"],
      two: ["DB_KEY"],
      dev2: ["KEY"],
      production: ["KEY"],
    },
  };
  for (const [environment, names] of Object.entries(expected))
    assert.deepEqual(await namesIn(home, environment), names, environment);
  assert.ok(!existsSync(join(home.project, "bitwarden.json")), "--delete");
  assert.ok(existsSync(join(home.project, ".env")));
  assert.ok(existsSync(join(home.project, "backup.ovb")));

  const terminal = (block: string): PersonAtTerminal =>
    atTerminal(t, home, ["-ec", block], { program: "/bin/sh", env: { PATH: path } });
  const sealing = terminal(exportSealed);
  await give(sealing, "Master password:", PASSWORD);
  await give(sealing, "New passphrase of the export:", PASSPHRASE);
  await give(sealing, "The same again:", PASSPHRASE);
  assert.equal(await sealing.exit, 0);

  const plain = terminal(exportPlain);
  await give(plain, "Master password:", PASSWORD);
  await give(plain, "Type shop/staging to do it:", "shop/staging");
  assert.equal(await plain.exit, 0);
  assert.equal(readFileSync(join(home.project, "plain.env"), "utf8"), `API_KEY='${VALUE}'\n`);

  const other = await newVault(t);
  writeFileSync(
    join(other.root, "askpass"),
    `#!/bin/sh\ncase "$1" in Passphrase*) echo '${PASSPHRASE}';; *) echo '${PASSWORD}';; esac\n`,
  );
  writeFileSync(join(other.project, "everything.ovx"), readFileSync(join(home.project, "everything.ovx")));
  const imported = await runBlock(other, sealed, programsOf(other));
  assert.equal(imported.code, 0, imported.stderr);
  assert.match(imported.stderr, /shop\/dev -> shop\/copy:\n {2}new +API_KEY/);
  assert.doesNotMatch(imported.stderr, /shop\/production:/);
});

test("the guide's table names every format that is read", () => {
  const text = readFileSync(join(import.meta.dirname, "../../docs/guides/import.md"), "utf8");
  const rows = [...text.matchAll(/^\| ((?:`[a-z0-9]+`(?:, )?)+) \|/gm)].flatMap(([, names]) =>
    [...names!.matchAll(/`([a-z0-9]+)`/g)].map(([, name]) => name),
  );
  assert.deepEqual(rows.sort(), Object.keys(IMPORT_FORMATS).sort());
});
