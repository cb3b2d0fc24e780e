import assert from "node:assert/strict";
import "./fakes/vscode-hook.ts";
import { afterEach, beforeEach, test } from "node:test";
import { newId } from "#core/crypto/random.ts";
import type { VaultAccess } from "#core/run/vault-access.ts";
import { createEnvironment } from "#core/vault/apps.ts";
import type { Context } from "#core/vault/context.ts";
import type { RotationPhase } from "#core/vault/rotation-item.ts";
import { readVersion } from "#core/vault/secret-read.ts";
import type { Session } from "#core/vault/session.ts";
import { claimRotation } from "#mcp/device/rotation-claim.ts";
import type { Window } from "#vscode/window.ts";
import { DEV, KEY, PASSWORD, put, STAGING } from "../core/vault/fixture.ts";
import { notified, plan, type Reply, shown, unused } from "./fakes/person.ts";
import { windowWithVault } from "./fakes/window-with-vault.ts";

const { registerCommands } = await import("#vscode/commands.ts");
const { SecretNode } = await import("#vscode/tree/nodes.ts");
const { goOnWith, waysOf } = await import("#vscode/commands/rotation/show-rotations.ts");
const { secretRow } = await import("#vscode/tree/row.ts");
const { rowDescription } = await import("#vscode/tree/row-texts.ts");
const vscode = await import("vscode");

const OLD = "qvOld-9f2Lw81zXcRt7PbK";
const NEXT = "qvNext-77hTz04mBnKe2xLw";
const OTHER = "qvOther-5tRb93vXq0PzLm";
const LABELS = { dev: `${DEV.app}/${DEV.environment}`, staging: `${STAGING.app}/${STAGING.environment}` };

let access: VaultAccess;
let session: Session;
let window: Window;
let runtime: string;
beforeEach(async () => {
  ({ access, session, window, runtime } = await windowWithVault());
  await createEnvironment(session, STAGING);
  for (const context of [DEV, STAGING]) await put(session, KEY, OLD, context);
  registerCommands(window);
});
afterEach(() => assert.deepEqual(unused(), [], "the person had more to say"));

async function run(command: "rotateSecret" | "showRotations", ...replies: readonly Reply[]): Promise<void> {
  const [info] = await access.list(DEV);
  plan(replies);
  await vscode.commands.executeCommand(`opaquevault.${command}`, new SecretNode(DEV, info!));
}

const value = async (context: Context): Promise<string> => (await readVersion(session, context, KEY)).toString();
const values = async (): Promise<readonly string[]> => [await value(DEV), await value(STAGING)];
const both: Reply = { pick: [LABELS.dev, LABELS.staging] };
const typed = (text: string): readonly Reply[] => [{ pick: "Type It" }, { type: text }];
const password: Reply = { type: PASSWORD.toString() };

test("only the environment that was chosen gets the new value, unless others are chosen too", async () => {
  await run("rotateSecret", { pick: [LABELS.dev] }, ...typed(NEXT));
  assert.deepEqual(await values(), [NEXT, OLD]);
});

test("S372 environments with the same value get the same new one, after the master password and not before", async () => {
  await run("rotateSecret", both, ...typed(NEXT), { type: "not the password" }, "escape");
  assert.deepEqual(await values(), [OLD, OLD]);
  await run("rotateSecret", both, ...typed(NEXT), password);
  assert.deepEqual(await values(), [NEXT, NEXT]);
  assert.match(notified.join(), /Rotated \S+ in \S+, \S+\./);
  assert.deepEqual(await access.rotations(), []);
});

test("an environment with another value is asked about by itself, and keeps its own where the person gives up", async () => {
  await put(session, KEY, OTHER, STAGING);
  await run("rotateSecret", both, ...typed(NEXT), password, "escape");
  assert.ok([NEXT, OLD].includes(await value(DEV)) && [OTHER, NEXT].includes(await value(STAGING)));
  assert.equal((await values()).filter((each) => each === NEXT).length, 1);
  assert.deepEqual(await access.rotations(), []);

  for (const context of [DEV, STAGING]) await put(session, KEY, context === DEV ? OLD : OTHER, context);
  await run("rotateSecret", both, ...typed(NEXT), password, ...typed("qvThird-00hTz04mBnKe2xLw"));
  assert.deepEqual([...(await values())].sort(), [NEXT, "qvThird-00hTz04mBnKe2xLw"].sort());
});

test("the same value again is refused, and ends the rotation", async () => {
  await run("rotateSecret", { pick: [LABELS.dev] }, ...typed(OLD));
  assert.match(notified.join(), /needs a value that is another one/);
  assert.deepEqual(await access.rotations(), []);
});

test("a rotation that was cut off is marked in the tree, and resumed or given up from there", async () => {
  const cutOff = async () => {
    const begun = await access.rotate({ kind: "begin", id: newId(), name: KEY, contexts: [DEV] });
    await access.rotate({ kind: "made", home: DEV, id: begun!.id, value: Buffer.from(NEXT) });
    await window.rotations.look();
  };
  await cutOff();
  const [info] = await access.list(DEV);
  const row = secretRow(info!, 0, window.rotations.of(DEV, KEY));
  assert.deepEqual([row.marks.includes("rotation-open"), row.icon.id], [true, "sync-ignored"]);
  assert.equal(window.rotations.of(STAGING, KEY), undefined);
  await run("showRotations", { pick: "Give Up" });
  assert.deepEqual([await value(DEV), await access.rotations()], [OLD, []]);
  assert.equal(window.rotations.of(DEV, KEY), undefined);

  await cutOff();
  // Who rotates it anew is asked about the one before.
  await run("rotateSecret", { pick: "Resume" });
  assert.deepEqual([await value(DEV), await access.rotations()], [NEXT, []]);
  await run("showRotations");
  assert.ok(notified.includes("No rotation is under way."));
});

test("what is at work in this window is not one that was cut off, and is not begun a second time", async () => {
  const begun = await access.rotate({ kind: "begin", id: newId(), name: KEY, contexts: [DEV] });
  await window.rotations.during(DEV, KEY, async () => {
    await window.rotations.look();
    assert.deepEqual(window.rotations.current, []);
    await run("rotateSecret");
    assert.match(notified.join(), /is being rotated in this window already/);
  });
  assert.equal(window.rotations.current[0]?.id, begun!.id);
});

test("S384 what another process is at is told in the tree, and neither resumed nor given up until it is over", async () => {
  const begun = (await access.rotate({ kind: "begin", id: newId(), name: KEY, contexts: [DEV] }))!;
  await access.rotate({ kind: "made", home: DEV, id: begun.id, value: Buffer.from(NEXT) });
  const release = await claimRotation(runtime, begun.id);
  await window.rotations.look();
  const [info] = await access.list(DEV);
  const row = secretRow(info!, 0, window.rotations.of(DEV, KEY));
  assert.deepEqual([row.marks, row.icon.id], [["rotation-elsewhere"], "sync~spin"]);
  assert.match(rowDescription(row), /^being rotated in another process/);
  for (const command of ["showRotations", "rotateSecret"] as const) {
    notified.length = 0;
    await run(command);
    assert.match(notified.join(), /is being rotated in another process/);
  }
  assert.deepEqual([await value(DEV), (await access.rotations())[0]?.phase], [OLD, "made"]);

  // Its end is heard of: nobody looks again.
  const isKnown = new Promise<void>((resolve) => window.rotations.onDidChange(() => resolve()));
  await release();
  await isKnown;
  assert.equal(window.rotations.of(DEV, KEY)?.isElsewhere, false);
  await run("showRotations", { pick: "Give Up" });
  assert.deepEqual([await value(DEV), await access.rotations()], [OLD, []]);
});

test("a rotation that another process took up after it was shown is refused as it is resumed, and stays as it is", async () => {
  const begun = (await access.rotate({ kind: "begin", id: newId(), name: KEY, contexts: [DEV] }))!;
  await access.rotate({ kind: "made", home: DEV, id: begun.id, value: Buffer.from(NEXT) });
  await window.rotations.look();
  const shownAs = window.rotations.of(DEV, KEY)!;
  const release = await claimRotation(runtime, begun.id);
  plan([{ pick: "Resume" }]);
  await assert.rejects(goOnWith(window, shownAs), { code: "vault-conflict" });
  assert.deepEqual([await value(DEV), (await access.rotations())[0]?.phase], [OLD, "made"]);
  await release();
});

test("S373 a program that a rotation began with is shown before it goes on, and nothing runs without a yes", async () => {
  const provider = { command: ["./rotate.sh", "--with", "a\u202Eb"], cwd: "/tmp", secrets: [] };
  await access.rotate({ kind: "begin", id: newId(), name: KEY, contexts: [DEV], provider });
  await run("showRotations", { pick: "Resume" }, "escape");
  const dialog = shown.find(([title]) => title === "Go on by this program?")!;
  assert.match(dialog[1]!, /\.\/rotate\.sh/);
  assert.ok(!dialog[1]!.includes("\u202E"));
  assert.equal((await access.rotations())[0]?.phase, "making");
});

test("what is offered keeps both ends the same: no way back once the old value may be revoked", () => {
  const provider = { command: ["x"], cwd: "/", secrets: [] };
  const ways = (phase: RotationPhase) =>
    waysOf({ id: "", name: KEY, home: DEV, contexts: [DEV], phase, began: 0, provider }).map(({ value }) => value);
  assert.deepEqual(ways("making"), ["resume", "abort", "other"]);
  assert.deepEqual(ways("made"), ["resume", "abort", "other"]);
  assert.deepEqual(ways("stored"), ["resume", "other", "revoked"]);
  assert.deepEqual(ways("discarding"), ["abort"]);
});
