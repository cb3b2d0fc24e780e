import assert from "node:assert/strict";
import { type TestContext, test } from "node:test";
import { randomBuffer } from "#core/crypto/random.ts";
import type { StoredObject } from "#core/store/store.ts";
import { OTHER, put } from "../../vault/fixture.ts";
import { someId } from "../sample.ts";
import { problem } from "./fixtures/server-double.ts";
import { type ServerVault, serverVault } from "./fixtures/server-vault.ts";

// biome-ignore lint/suspicious/noExplicitAny: lines of the double, whose shape each test knows
type Line = any;

/** A vault on a server with two secrets. */
async function withTwo(t: TestContext): Promise<ServerVault> {
  const made = await serverVault(t);
  await put(await made.first.unlock(), OTHER, "another value");
  return made;
}

async function backup({ first }: ServerVault): Promise<readonly StoredObject[]> {
  const objects: StoredObject[] = [];
  for await (const object of first.store.backup()) objects.push(object);
  return objects;
}

/** Has the server answer an export with other lines. */
function change({ server }: ServerVault, lines: (honest: Line[]) => Line[]): void {
  server.tricks.answer = (call, honest) => {
    const done = honest();
    return call.path.startsWith("/export") && done.lines ? { ...done, lines: lines([...done.lines]) } : undefined;
  };
}

test("pages of an export are one backup, whatever is in which", async (t) => {
  const made = await withTwo(t);
  const whole = await backup(made);
  assert.ok(whole.length >= 6);
  const { server } = made;
  server.tricks.answer = (call, honest) => {
    if (!call.path.startsWith("/export")) return undefined;
    const lines = honest().lines as Line[];
    const at = Number(new URLSearchParams(call.path.split("?")[1]).get("cursor") ?? 0);
    const page = at === lines.length - 1 ? [] : [lines[at], { kind: "next", cursor: String(at + 1) }];
    return { status: 200, lines: page.length > 0 ? page : [lines.at(-1)] };
  };
  assert.deepEqual(await backup(made), whole);
});

test("an export that another device's write broke begins again, five times at most", async (t) => {
  const made = await withTwo(t);
  const whole = await backup(made);
  let refusals = 0;
  const refuse = (most: number): void => {
    refusals = 0;
    made.server.tricks.answer = ({ path }, honest) =>
      path.startsWith("/export") && refusals++ < most ? problem(410, "resync_required") : honest();
  };
  refuse(4);
  assert.deepEqual(await backup(made), whole);
  refuse(Number.POSITIVE_INFINITY);
  await assert.rejects(backup(made), { code: "vault-conflict" });
  assert.equal(refusals, 5);
});

test("an export that lacks a secret's record, or has a changed one, is no backup", async (t) => {
  const made = await withTwo(t);
  const record = (lines: readonly Line[]): number => lines.findIndex(({ kind }) => kind === "record");
  change(made, (lines) => lines.toSpliced(record(lines), 1));
  await assert.rejects(backup(made), { code: "vault-conflict" });
  change(made, (lines) => lines.with(record(lines), { ...lines[record(lines)], bytes: randomText(100) }));
  await assert.rejects(backup(made), { code: "server-refused" });
});

test("an export of another account, twice an environment, with a gap in a chain or of unknown lines is refused", async (t) => {
  const made = await withTwo(t);
  const environment = (lines: readonly Line[]): Line => lines.find(({ kind }) => kind === "environment");
  const wrong: readonly ((lines: Line[]) => Line[])[] = [
    (lines) => lines.filter(({ kind }) => kind !== "account"),
    (lines) => [lines[0], ...lines],
    (lines) => [lines[0], environment(lines), ...lines.slice(1)],
    (lines) => lines.map((line) => (line.kind === "record" ? { ...line, environment: someId() } : line)),
    (lines) => lines.filter(({ kind, seq }) => kind !== "audit" || seq !== 1),
    (lines) => [{ kind: "surprise" }, ...lines],
    (lines) => lines.slice(0, -1),
    () => [],
  ];
  for (const lines of wrong) {
    change(made, lines);
    await assert.rejects(backup(made), { code: "server-refused" }, String(lines));
  }
  change(made, (lines) =>
    lines.map((line) => (line.kind === "account" ? { ...line, object: randomText(2000) } : line)),
  );
  await assert.rejects(backup(made), { code: "vault-conflict" }, "an account that is not the one that was read");
});

function randomText(length: number): string {
  return randomBuffer(length).toString("base64url");
}
