import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { test } from "node:test";
import { type MenuState, menuEntries } from "#vscode/menu-entries.ts";

const STATES: readonly MenuState[] = (["absent", "locked", "unlocked"] as const).flatMap((vault) =>
  [true, false].flatMap((isTrusted) =>
    [0, 2].flatMap((waiting) =>
      [true, false].flatMap((isOnServer) =>
        [true, false].map((isRotationOpen) => ({ vault, isTrusted, waiting, isOnServer, isRotationOpen })),
      ),
    ),
  ),
);

function commands(state: MenuState): readonly string[] {
  return menuEntries(state).flatMap((entry) => (entry === "line" ? [] : [entry.command]));
}

test("a locked vault offers to unlock it, and none to make one", () => {
  assert.equal(
    commands({ vault: "locked", isTrusted: true, waiting: 0, isOnServer: false, isRotationOpen: false })[0],
    "opaquevault.unlock",
  );
  assert.equal(
    commands({ vault: "absent", isTrusted: true, waiting: 0, isOnServer: false, isRotationOpen: false })[0],
    "opaquevault.createVault",
  );
});

test("what waits for approval comes first, and is not offered where nothing waits", () => {
  const waiting = { vault: "unlocked", isTrusted: true, waiting: 1, isOnServer: false, isRotationOpen: false } as const;
  assert.equal(commands(waiting)[0], "opaquevault.approvals.focus");
  assert.ok(!commands({ ...waiting, waiting: 0 }).includes("opaquevault.approvals.focus"));
});

test("a rotation that was cut off is offered to be gone on with, and none where there is none", () => {
  const here = { vault: "unlocked", isTrusted: true, waiting: 0, isOnServer: false, isRotationOpen: true } as const;
  assert.equal(commands(here)[0], "opaquevault.showRotations");
  assert.ok(!commands({ ...here, isRotationOpen: false }).includes("opaquevault.showRotations"));
});

test("the commands of a server are offered where the vault is on one, and a login where there is no vault", () => {
  const here = { vault: "unlocked", isTrusted: true, waiting: 0, isOnServer: false, isRotationOpen: false } as const;
  assert.ok(commands({ ...here, isOnServer: true }).includes("opaquevault.syncNow"));
  assert.ok(!commands(here).includes("opaquevault.syncNow"));
  assert.ok(commands({ ...here, vault: "absent" }).includes("opaquevault.logIn"));
});

test("a backup is imported where there is no vault, and made where one is locked", () => {
  const here = { isTrusted: true, waiting: 0, isOnServer: false, isRotationOpen: false } as const;
  assert.ok(commands({ ...here, vault: "absent" }).includes("opaquevault.importSecrets"));
  assert.ok(!commands({ ...here, vault: "absent" }).includes("opaquevault.export"));
  assert.ok(!commands({ ...here, vault: "locked" }).includes("opaquevault.importSecrets"));
  assert.ok(commands({ ...here, vault: "locked" }).includes("opaquevault.export"));
});

test("a folder that nobody trusts is offered no command with secrets", () => {
  const untrusted = commands({
    vault: "unlocked",
    isTrusted: false,
    waiting: 0,
    isOnServer: false,
    isRotationOpen: false,
  });
  assert.ok(untrusted.includes("workbench.trust.manage"));
  for (const command of untrusted) assert.doesNotMatch(command, /\.(run|runLast|openShell)$/);
});

test("no menu begins or ends with a line, or has two beside each other", () => {
  for (const state of STATES) {
    const shape = menuEntries(state)
      .map((entry) => (entry === "line" ? "-" : "c"))
      .join("");
    assert.match(shape, /^c+(-c+)*$/);
  }
});

test("each entry is a command or a view that the extension has", async () => {
  const { contributes } = JSON.parse(await readFile(new URL("../../package.json", import.meta.url), "utf8"));
  const known = new Set([
    ...contributes.commands.map(({ command }: { command: string }) => command),
    ...contributes.views.opaquevault.map(({ id }: { id: string }) => `${id}.focus`),
    "workbench.trust.manage",
  ]);
  for (const command of STATES.flatMap(commands)) assert.ok(known.has(command), command);
});
