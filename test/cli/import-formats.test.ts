import assert from "node:assert/strict";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { type Home, newVault, PASSWORD } from "./fixtures/home.ts";
import { atTerminal, ENTER } from "./fixtures/terminal.ts";

const DOPPLER =
  '{"API_KEY":"k-4f7d0a1b2c3d","DOPPLER_CONFIG":"dev","DOPPLER_PROJECT":"shop","db-url":"postgres://u:p@h/d"}';
const BWS = JSON.stringify(
  ["dev", "live"].map((projectId) => ({
    ...{ id: "i", organizationId: "o", projectId, creationDate: "d" },
    ...{ key: "API_KEY", value: `value-of-${projectId}-9wXr7`, note: "from the console" },
  })),
);

async function secrets(home: Home, app: string, environment: string): Promise<readonly Record<string, unknown>[]> {
  const { stdout } = await home.ov(["secret", "list", "-a", app, "-e", environment, "--json"]);
  return JSON.parse(stdout).secrets;
}

test("what doppler prints is imported from a pipe, shown by names and sizes only", async (t) => {
  const home = await newVault(t);
  const { code, stdout, stderr } = await home.ov(["import", "-", "-a", "shop", "-e", "dev"], { input: DOPPLER });
  assert.equal(code, 0, stderr);
  assert.match(stderr, /Read as Doppler's JSON or YAML/);
  assert.match(stderr, /new +API_KEY {2}14 bytes/);
  assert.match(stderr, /new +DB_URL {2}18 bytes {2}from "db-url"/);
  assert.match(stderr, /left out {2}DOPPLER_PROJECT/);
  assert.doesNotMatch(stdout + stderr, /k-4f7d|postgres/);
  assert.deepEqual(
    (await secrets(home, "shop", "dev")).map(({ name }) => name),
    ["API_KEY", "DB_URL"],
  );
  const check = 'test "$API_KEY" = k-4f7d0a1b2c3d && test "$DB_URL" = "postgres://u:p@h/d"';
  assert.equal((await home.ov(["run", "-a", "shop", "-e", "dev", "--", "sh", "-c", check])).code, 0);
});

test("a file with several places is refused until each is mapped, and the mapping is shown", async (t) => {
  const home = await newVault(t);
  const file = join(home.project, "bws.json");
  writeFileSync(file, BWS);
  const refused = await home.ov(["import", file, "-a", "shop", "-e", "dev"]);
  assert.equal(refused.code, 2);
  assert.match(refused.stderr, /several places: "dev", "live".*--map "dev"=app\/environment/);
  assert.equal((await home.ov(["import", file, "-a", "shop", "--map", "dev=dev"])).code, 2, "live is not mapped");
  assert.equal((await home.ov(["import", file, "--map", "nonsense=a/b"])).code, 2);
  const one = ["import", file, "--map", "dev=shop/x", "--map", "live=shop/x"];
  assert.equal((await home.ov(one)).code, 2, "two values for one name");
  const done = await home.ov([
    "import",
    file,
    "-a",
    "shop",
    "-e",
    "any",
    "--map",
    "dev=staging",
    "--map",
    "live=shop/prod",
    "--descriptions",
  ]);
  assert.equal(done.code, 0, done.stderr);
  assert.match(done.stderr, /dev -> shop\/staging:\n {2}new +API_KEY/);
  assert.match(done.stderr, /live -> shop\/prod:/);
  assert.doesNotMatch(done.stderr, /value-of/);
  for (const environment of ["staging", "prod"]) {
    assert.equal((await secrets(home, "shop", environment))[0]?.description, "from the console");
  }
  const left = await home.ov(["import", file, "--map", "dev=-", "--map", "live=shop/other"]);
  assert.equal(left.code, 0, left.stderr);
  assert.match(left.stderr, /1 comment|2 comments/);
  assert.equal((await secrets(home, "shop", "other"))[0]?.description, "");
});

test("bytes of AWS that are no text are stored as they are", async (t) => {
  const home = await newVault(t);
  const input = JSON.stringify({
    ARN: "a",
    Name: "cert",
    SecretBinary: Buffer.from([0, 255, 254, 10]).toString("base64"),
  });
  const imported = await home.ov(["import", "-", "-a", "shop", "-e", "dev"], { input });
  assert.equal(imported.code, 0, imported.stderr);
  assert.match(imported.stderr, /CERT {2}4 bytes/);
});

test("a wrong format, an empty pipe, and --delete of stdin are refused, and nothing is stored", async (t) => {
  const home = await newVault(t);
  const here = ["-a", "shop", "-e", "dev"];
  assert.equal((await home.ov(["import", "-", "--format", "aws", ...here], { input: DOPPLER })).code, 2);
  assert.equal((await home.ov(["import", "-", ...here], { input: "" })).code, 2);
  assert.equal((await home.ov(["import", "-", "--delete", ...here], { input: DOPPLER })).code, 2);
  assert.equal((await home.ov(["import", join(home.project, "none"), ...here])).code, 7);
  const many = JSON.stringify(Object.fromEntries(Array.from({ length: 10_001 }, (_, n) => [`KEY_${n}`, "x"])));
  const refused = await home.ov(["import", "-", ...here], { input: many });
  assert.equal(refused.code, 2);
  assert.match(refused.stderr, /10000 is the most/);
  const cut = await home.ov(["import", "-", ...here], { input: DOPPLER.slice(0, 30) });
  assert.equal(cut.code, 2);
  assert.doesNotMatch(cut.stderr, /k-4f7d/);
  assert.deepEqual(JSON.parse((await home.ov(["app", "list", "--json"])).stdout).apps, []);
});

test("a person imports a file of 1Password, sees the names, and has the file deleted", async (t) => {
  const home = await newVault(t);
  const file = join(home.project, "items.json");
  const fields = [{ id: "credential", type: "CONCEALED", label: "credential", value: "sk-tQ9wXr7LmN2v" }];
  writeFileSync(file, JSON.stringify({ title: "Stripe", category: "API_CREDENTIAL", fields }));
  const person = atTerminal(t, home, ["import", "items.json", "-a", "shop", "-e", "dev"]);
  await person.see("Master password:");
  person.type(`${PASSWORD}${ENTER}`);
  await person.see("STRIPE  15 bytes");
  await person.see("Import these 1 into shop/dev?");
  person.type(`y${ENTER}`);
  await person.see("Delete ");
  person.type(`y${ENTER}`);
  assert.equal(await person.exit, 0);
  assert.ok(!existsSync(file));
  assert.doesNotMatch(person.screen, /sk-tQ9/);
});

test("what would be overwritten waits for an approval where an agent runs ov import", async (t) => {
  const home = await newVault(t);
  await home.ov(["secret", "create", "shop/dev/API_KEY", "--generate", "hex"]);
  await home.ov(["unlock"]);
  const imported = await home.ov(["import", "-", "-a", "shop", "-e", "dev", "--yes"], { input: DOPPLER });
  assert.equal(imported.code, 5, imported.stderr);
  assert.deepEqual(
    (await secrets(home, "shop", "dev")).map(({ name }) => name),
    ["API_KEY"],
  );
  assert.doesNotMatch(imported.stderr + readFileSync(join(home.root, "asked"), "utf8"), /k-4f7d/);
});
