import assert from "node:assert/strict";
import { test } from "node:test";
import type * as vscode from "vscode";
import { localAccess } from "#core/run/local-access.ts";
import type { VaultAccess } from "#core/run/vault-access.ts";
import { DEV, KEY, newVault } from "../../core/vault/fixture.ts";
import { fakeVSCode } from "./fake-vscode.ts";

fakeVSCode();
const { configured, diagnostics, documentOf, workspace } = (await import(
  "vscode" as string
)) as typeof import("./fake-vscode.ts");
const { DocumentWatch } = await import("#vscode/hints/document-watch.ts");
const { FoundCredential } = await import("#vscode/hints/found-credential.ts");
const { moveActions, moveLenses } = await import("#vscode/hints/move-offers.ts");
const { projectFileCompletion, projectFileHover } = await import("#vscode/hints/project-file-language.ts");
const { moveToVault } = await import("#vscode/hints/move-to-vault.ts");

/** Made up, and put together here so that no scanner of this repository stops at them. */
const VALUES = [
  ["sk_live", "4eC39HqLyjWDarjtT1zdp7dc"].join("_"),
  ["ghp", "wWPw5k4aXcaT4fNP0UcnZwJUVFk6LO0pINUx"].join("_"),
  ["https://user:", "hT4kQ9vLm2Zx", "@example.net/"].join(""),
];
const TEXT = VALUES.map((value, index) => `const k${index} = "${value}";`).join("\n");

/** No six characters of a value in a row stand anywhere in it. */
function assertFreeOfValues(shown: unknown, values: readonly string[]): void {
  const text = JSON.stringify(shown);
  for (const value of values)
    for (let at = 0; at + 6 <= value.length; at++) {
      const piece = value.slice(at, at + 6);
      if (!["https:", "exampl", "xample", "ample.", "mple.n", "ple.ne", "le.net"].includes(piece))
        assert.ok(!text.includes(piece), piece);
    }
}

// The editor's types, of which the fakes have what is used.
const asDocument = (text: string, facts?: Parameters<typeof documentOf>[1]) =>
  documentOf(text, facts) as unknown as vscode.TextDocument;
const token = undefined as unknown as vscode.CancellationToken;

test("S182 no diagnostic, lens or quick fix of a credential holds a piece of it", async (t) => {
  const watch = new DocumentWatch(() => {});
  t.after(() => watch.dispose());
  const document = asDocument(TEXT);
  const lenses = await moveLenses(watch).provideCodeLenses(document, token);
  const range = {} as vscode.Range;
  const actions = await moveActions(watch).provideCodeActions(document, range, {} as vscode.CodeActionContext, token);
  const shown = diagnostics.get(document.uri.toString());
  for (const hints of [lenses, actions, shown]) {
    assert.equal((hints as unknown[]).length, VALUES.length);
    assertFreeOfValues(hints, VALUES);
  }
});

test("nothing is shown for other documents, and nothing at all where hints are off", async (t) => {
  const watch = new DocumentWatch(() => {});
  t.after(() => watch.dispose());
  for (const facts of [
    { scheme: "git" },
    { scheme: "output" },
    { scheme: "vscode-scm" },
    { languageId: "git-commit" },
    { path: "/project/node_modules/a/b.js" },
    { path: "/project/.git/config" },
  ])
    assert.deepEqual(await watch.find(asDocument(TEXT, facts)), [], JSON.stringify(facts));
  assert.deepEqual(await watch.find(asDocument(TEXT + " ".repeat(1_000_000), { path: "/project/big.ts" })), []);
  assert.equal((await watch.find(asDocument(TEXT, { path: "/project/.env" }))).length, VALUES.length);

  configured.set("hints.enabled", false);
  t.after(() => configured.clear());
  diagnostics.clear();
  assert.deepEqual(await watch.find(asDocument(TEXT, { path: "/project/off.ts" })), []);
  assert.equal(diagnostics.size, 0);
});

test("a look is given up when the text changes", async (t) => {
  const watch = new DocumentWatch(() => {});
  t.after(() => watch.dispose());
  const document = documentOf(TEXT, { path: "/project/typed.ts" });
  const first = watch.find(document as unknown as vscode.TextDocument);
  document.version = 2;
  const second = watch.find(document as unknown as vscode.TextDocument);
  assert.deepEqual(await first, []);
  assert.equal((await second).length, VALUES.length);
});

const FILE = "app: shop\nenvironment: dev\nsecrets:\n  - STRIPE_KEY\n";
const ON_NAME = { line: 3, character: 8 } as vscode.Position;

test("S183 completion and hover of a project file hold names and metadata, and never ask for a value", async () => {
  const { session } = await newVault();
  const vault = localAccess(session, { idleMs: 60_000 });
  await vault.write(DEV, "create", [{ name: KEY, value: Buffer.from(VALUES[0]!), description: "for payments" }]);
  const asked: string[] = [];
  const access = new Proxy<VaultAccess>(vault, {
    get: (target, name) => {
      asked.push(String(name));
      return Reflect.get(target, name).bind(target);
    },
  });
  const window = { vault: { access }, context: { userDefault: {} } } as unknown as Parameters<
    typeof projectFileHover
  >[0];
  const document = asDocument(FILE, { path: "/project/.ov.yaml", languageId: "yaml" });
  const hover = await projectFileHover(window).provideHover(document, ON_NAME, token);
  const items = await projectFileCompletion(window).provideCompletionItems(
    document,
    ON_NAME,
    token,
    {} as vscode.CompletionContext,
  );
  assert.match(JSON.stringify(hover), /shop\/dev\/STRIPE_KEY.*for payments/);
  assert.match(JSON.stringify(items), /STRIPE_KEY/);
  assertFreeOfValues([hover, items], VALUES);
  assert.deepEqual([...new Set(asked)], ["list"]);

  workspace.isTrusted = false;
  assert.equal(await projectFileHover(window).provideHover(document, ON_NAME, token), undefined);
  assert.equal(asked.length, 2);
  workspace.isTrusted = true;
});

test("S185 what is moved into the vault is a credential of an open document, and no argument that another extension made", async () => {
  const document = asDocument(TEXT);
  workspace.textDocuments = [document];
  const window = { unlocked: () => assert.fail("the vault was asked for") } as unknown as Parameters<
    typeof moveToVault
  >[0];
  const finding = { start: 12, end: 12 + VALUES[0]!.length, rule: "stripe" };
  const place = { uri: document.uri.toString(), version: 1 };
  for (const argument of [undefined, VALUES[0], { ...place, ...finding }]) await moveToVault(window, argument);
  for (const [where, what] of [
    [place, { ...finding, end: 20 }],
    [{ ...place, version: 2 }, finding],
    [{ ...place, uri: "file:///etc/passwd" }, finding],
  ] as const)
    await assert.rejects(moveToVault(window, new FoundCredential(where, what)), { code: "argument-invalid" });
  await assert.rejects(moveToVault(window, new FoundCredential(place, finding)), /the vault was asked for/);
});
