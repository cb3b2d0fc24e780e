import assert from "node:assert/strict";
import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { changeText } from "#core/run/change-text.ts";
import { localAccess } from "#core/run/local-access.ts";
import type { ApprovalRequest, Ask } from "#core/run/vault-access.ts";
import { findProjectFile } from "#core/vault/project-file.ts";
import { resolveContext } from "#core/vault/resolve-context.ts";
import { temporaryFolder } from "../../temporary-folder.ts";
import { DEV, KEY, newVault, OTHER, PASSWORD, put } from "../vault/fixture.ts";

const NARROW = `app: ${DEV.app}\nenvironment: ${DEV.environment}\nsecrets: [${KEY}]\n`;
const WIDE = `app: ${DEV.app}\nenvironment: ${DEV.environment}\n`;
const ALL = { ...DEV, secrets: [KEY, OTHER] };

/** A time window is open, so that whatever is asked about is asked about for its project file. */
async function setUp(t: { after(end: () => Promise<void>): void }) {
  const { session } = await newVault();
  for (const name of [KEY, OTHER]) await put(session, name, `value of ${name}`);
  const access = localAccess(session, { idleMs: 60_000 });
  t.after(() => access.lock());
  await access.preapprove(DEV, 60, PASSWORD);
  const root = temporaryFolder("ov-seen-");
  const nested = join(root, "nested");
  mkdirSync(nested);
  /** As the tools do it. Returns what a person was shown. */
  const use = async (given: object, cwd = root, answer: "once" | "deny" = "once") => {
    const asked: ApprovalRequest[] = [];
    const ask: Ask = async (request) => {
      asked.push(request);
      return answer;
    };
    const { context, names, projectFile } = resolveContext(given, await findProjectFile(cwd, root), undefined, "true");
    await access.lease(
      {
        ...{ action: "run", client: "agent", context, command: "true", cwd, runs: { command: "true" } },
        ...(names === undefined ? {} : { names }),
        ...(projectFile === undefined ? {} : { projectFile }),
      },
      ask,
    );
    return asked.map(({ projectFile: file, changes = [] }) => [file?.text, ...changes.map(changeText)]);
  };
  const write = (text: string, folder = root) => writeFileSync(join(folder, ".ov.yaml"), text);
  return { use, write, root, nested };
}

test("S381 a .ov.yaml that an agent widens is shown, also where the call names app, environment and secrets itself", async (t) => {
  const { use, write } = await setUp(t);
  write(NARROW);
  assert.deepEqual(await use({}), [[NARROW]]);
  await assert.rejects(use(ALL), { code: "denied-by-policy" });
  for (const widened of [WIDE, NARROW.replace("]", `, ${OTHER}]`), "app: another\n"]) {
    write(widened);
    await assert.rejects(use(ALL, undefined, "deny"), { code: "denied-by-user" }, widened);
  }
  write(NARROW);
  assert.deepEqual(await use({}), [], "as it was before, it is known");
});

test("S381 a nearer .ov.yaml that hides the one that narrows is shown before it counts", async (t) => {
  const { use, write, nested } = await setUp(t);
  write(NARROW);
  await use({}, nested);
  write("app: another\n", nested);
  await assert.rejects(use(ALL, nested, "deny"), { code: "denied-by-user" });
  assert.deepEqual(await use(ALL, nested), [["app: another\n"]]);
  assert.deepEqual(await use(ALL, nested), [], "a person has let it");
});

test("S381 a .ov.yaml that is gone is told once, and again after it was there again", async (t) => {
  const { use, write, root, nested } = await setUp(t);
  const path = join(root, ".ov.yaml");
  const told = [[undefined, `${path} is not there any more, and no longer narrows what may be used`]];
  for (const round of [1, 2]) {
    write(NARROW);
    await use({});
    rmSync(path);
    await assert.rejects(use(ALL, nested, "deny"), { code: "denied-by-user" });
    assert.deepEqual(await use(ALL, nested), told, `round ${round}`);
    assert.deepEqual(await use(ALL, nested), []);
    assert.deepEqual(await use(ALL), []);
  }
});

test("a .ov.yaml that nobody has seen may go without a word", async (t) => {
  const { use, write, root } = await setUp(t);
  write(NARROW);
  await assert.rejects(use({}, root, "deny"), { code: "denied-by-user" });
  rmSync(join(root, ".ov.yaml"));
  assert.deepEqual(await use(ALL), []);
});
