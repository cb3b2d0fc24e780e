import assert from "node:assert/strict";
import { test } from "node:test";
import { readFile } from "./read-with.ts";

// The samples have the shape that the documentation of each program shows (see the docstrings in core/import).

test("a .env file is read by dotenv's rules, quotes and several lines too", () => {
  const { format, values, left } = readFile('# a\nexport A="two words"\nB=\'x\\ny\'\nC="1\n2"\nEMPTY=\nPATH=/x\n');
  assert.equal(format, "dotenv");
  assert.deepEqual(values, { A: "two words", B: "x\\ny", C: "1\n2" });
  assert.match(left.PATH!, /load code/);
  assert.equal(left.EMPTY, "empty");
});

test("of a name that stands in a .env file twice the last counts, and the person is told", () => {
  const { values, named } = readFile("A=1\nA=2\n");
  assert.deepEqual(values, { A: "2" });
  assert.match(named.notes.join(), /^A stands in the file more than once/);
});

test("Doppler's JSON and YAML are read, without the entries of its own", () => {
  const json =
    '{"API_KEY":"k","DOPPLER_CONFIG":"prd","DOPPLER_ENVIRONMENT":"prd","DOPPLER_PROJECT":"shop","PORT":"80"}';
  const yaml = 'DOPPLER_PROJECT: "shop"\nDOPPLER_CONFIG: "prd"\nAPI_KEY: "k"\nPORT: "80"\n';
  for (const file of [json, yaml]) {
    const { format, values, named } = readFile(file);
    assert.equal(format, "doppler");
    assert.deepEqual(values, { API_KEY: "k", PORT: "80" });
    assert.deepEqual(named.notes, ["The file is of Doppler's shop/prd."]);
  }
});

test("Infisical's array is read with tags, comments and folders, and a personal value goes first", () => {
  const entry = (key: string, value: string, more: object = {}): object => ({
    ...{ key, workspace: "w", value, type: "shared", _id: "1", secretPath: "/", tags: [], comment: "" },
    ...more,
  });
  const { format, values, left, named } = readFile(
    JSON.stringify([
      entry("A", "shared"),
      entry("A", "mine", { type: "personal" }),
      entry("B", "b", { secretPath: "/db", comment: "the db", tags: [{ slug: "db", name: "DB" }] }),
    ]),
  );
  assert.equal(format, "infisical");
  assert.deepEqual(values, { A: "mine", B: "b" });
  assert.match(left.A!, /personal/);
  const b = named.secrets.find(({ name }) => name === "B");
  assert.deepEqual([b?.group, b?.description, b?.tags], ["/db", "the db", ["db"]]);
  assert.equal(readFile("A: 'x'\nB: |-\n  1\n  2\n").format, "yaml");
});

test("items of 1Password are read one behind the other; the main field takes the item's name", () => {
  const item = (title: string, category: string, fields: readonly object[]): string =>
    JSON.stringify(
      { id: "i", title, version: 1, vault: { id: "v", name: "Dev" }, category, tags: ["ci"], fields },
      null,
      2,
    );
  const api = item("Stripe (live)", "API_CREDENTIAL", [
    { id: "notesPlain", type: "STRING", purpose: "NOTES", label: "notesPlain", value: "do not take" },
    { id: "username", type: "STRING", label: "username", value: "acct" },
    { id: "credential", type: "CONCEALED", label: "credential", value: "sk" },
    { id: "x1", section: { id: "s", label: "Web" }, type: "CONCEALED", label: "WEBHOOK_KEY", value: "wh" },
    { id: "otp", type: "OTP", label: "one-time password", value: "otpauth://x" },
  ]);
  const login = item("db", "LOGIN", [
    { id: "password", type: "CONCEALED", purpose: "PASSWORD", label: "password", value: "p" },
  ]);
  const { format, values, left, named } = readFile(`${api}\n${login}\n`);
  assert.equal(format, "1password");
  assert.deepEqual(values, { STRIPE_LIVE_USERNAME: "acct", STRIPE_LIVE: "sk", WEBHOOK_KEY: "wh", DB: "p" });
  assert.deepEqual(Object.values(left), ["a note", "a one-time password, which a program has no use for"]);
  assert.ok(named.secrets.every(({ group, tags }) => group === "Dev" && tags?.[0] === "ci"));
});

test("a list of 1Password without values, hidden values, and a 1PUX are refused with the way out", () => {
  const list = '[{"id":"i","title":"T","category":"LOGIN","vault":{"id":"v","name":"Dev"}}]';
  assert.throws(() => readFile(list), /op item get - --format json/);
  const hidden = '{"title":"T","fields":[{"id":"p","label":"p","value":"[use \'op item get i --reveal\' to reveal]"}]}';
  assert.throws(() => readFile(hidden), /--reveal/);
  assert.throws(() => readFile(Buffer.from("PK\x03\x04rest")), /1PUX/);
});

test("AWS Secrets Manager: a value, an object of values, binary, and a batch with its errors", () => {
  const answer = (Name: string, more: object): object => ({
    ...{
      ARN: `arn:aws:secretsmanager:eu-west-1:1:secret:${Name}`,
      Name,
      VersionId: "v",
      VersionStages: ["AWSCURRENT"],
    },
    ...{ ...more, CreatedDate: 1700000000.5 },
  });
  const batch = {
    SecretValues: [
      answer("prod/db", { SecretString: '{"username":"u","password":"p","API_KEY":"k","port":5432}' }),
      answer("prod/plain", { SecretString: "just text" }),
      answer("prod/json", { SecretString: '{"a":{"nested":1}}' }),
      answer("prod/cert", { SecretBinary: "AP/+gA==" }),
      answer("prod/old", { SecretString: "x", VersionStages: ["AWSPREVIOUS"] }),
    ],
    Errors: [{ SecretId: "prod/denied", ErrorCode: "AccessDeniedException", Message: "no" }],
    NextToken: "more",
  };
  const { format, values, left, named } = readFile(JSON.stringify(batch));
  assert.equal(format, "aws");
  assert.deepEqual(values, {
    ...{ PROD_DB_USERNAME: "u", PROD_DB_PASSWORD: "p", API_KEY: "k", PROD_DB_PORT: "5432", PROD_PLAIN: "just text" },
    ...{ PROD_JSON: '{"a":{"nested":1}}', PROD_CERT: "\x00\xff\xfe\x80" },
  });
  assert.match(left["prod/old"]!, /AWSPREVIOUS/);
  assert.match(left["prod/denied"]!, /AccessDenied/);
  assert.match(named.notes.join(), /NextToken/);
  assert.deepEqual(readFile(JSON.stringify(answer("one", { SecretString: "v" }))).values, { ONE: "v" });
});

test("Vault's KV engine of both versions is read; a deleted version is told", () => {
  const base = { request_id: "r", lease_id: "", lease_duration: 0, renewable: false, warnings: null };
  const metadata = { created_time: "t", custom_metadata: null, deletion_time: "", destroyed: false, version: 3 };
  const second = { ...base, data: { data: { passcode: "x", n: 10 }, metadata } };
  assert.deepEqual(readFile(JSON.stringify(second)).values, { passcode: "x", n: "10" });
  const first = { ...base, lease_duration: 2764800, data: { data: "d", metadata: "m" } };
  assert.equal(readFile(JSON.stringify(first)).format, "vault");
  assert.deepEqual(readFile(JSON.stringify(first)).values, { data: "d", metadata: "m" });
  const nested = { ...base, data: { data: { deep: { a: 1 }, list: [1], ok: "1" }, metadata } };
  assert.match(readFile(JSON.stringify(nested)).left.deep!, /nested/);
  const gone = { ...base, data: { data: null, metadata: { ...metadata, deletion_time: "t" } } };
  assert.throws(() => readFile(JSON.stringify(gone)), /deleted in Vault/);
});

test("Bitwarden's export is read: logins, notes, keys and own fields; cards, trash and encrypted files are not", () => {
  const file = {
    encrypted: false,
    folders: [{ id: "f", name: "Work" }],
    items: [
      {
        id: "1",
        folderId: "f",
        type: 1,
        name: "GitHub",
        notes: "n",
        login: { username: "me", password: "p", totp: "t" },
      },
      { id: "2", folderId: null, type: 2, name: "pem", notes: "-----KEY-----", secureNote: { type: 0 } },
      { id: "3", type: 3, name: "Visa", card: { number: "4111" } },
      { id: "4", type: 5, name: "deploy", sshKey: { privateKey: "priv", publicKey: "pub", keyFingerprint: "f" } },
      { id: "5", type: 1, name: "old", deletedDate: "2026-01-01T00:00:00Z", login: { password: "x" } },
      {
        id: "6",
        type: 1,
        name: "App",
        fields: [
          { name: "API_KEY", value: "k", type: 1 },
          { name: "l", value: null, type: 3 },
        ],
      },
    ],
  };
  const { format, values, left } = readFile(JSON.stringify(file));
  assert.equal(format, "bitwarden");
  assert.deepEqual(values, {
    ...{
      GITHUB_USERNAME: "me",
      GITHUB: "p",
      PEM: "-----KEY-----",
      DEPLOY: "priv",
      DEPLOY_PUBLIC_KEY: "pub",
      API_KEY: "k",
    },
  });
  assert.deepEqual(Object.keys(left), ["GitHub / totp", "GitHub / notes", "Visa", "old", "App / l"]);
  assert.throws(() => readFile('{"encrypted":true,"items":[]}'), /without encryption/);
});

test("Bitwarden Secrets Manager's list is read, with notes and projects", () => {
  const secret = { id: "i", organizationId: "o", projectId: "p1", key: "A", value: "x", note: "n", creationDate: "d" };
  const { format, values, named } = readFile(JSON.stringify([secret]));
  assert.equal(format, "bws");
  assert.deepEqual(values, { A: "x" });
  assert.deepEqual([named.secrets[0]?.group, named.secrets[0]?.description], ["p1", "n"]);
  assert.deepEqual(readFile(JSON.stringify(secret)).values, { A: "x" });
});
