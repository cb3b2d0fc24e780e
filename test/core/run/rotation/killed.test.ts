import assert from "node:assert/strict";
import { type TestContext, test } from "node:test";
import { abortRotation, continueRotation, startRotation } from "#core/run/rotation/rotate.ts";
import { DEV, KEY, PASSWORD, put, STAGING } from "../../vault/fixture.ts";
import { approving, newSource, OLD, rotating } from "./rotated.ts";

/** A process that is killed at the nth moment: what it does afterwards never happens. */
function killed(at: number) {
  let moments = 0;
  const moment = (): void => {
    if (++moments >= at) throw new Error("killed");
  };
  const around =
    <A extends readonly unknown[], R>(call: (...args: A) => Promise<R>) =>
    async (...args: A): Promise<R> => {
      moment();
      const result = await call(...args);
      moment();
      return result;
    };
  return { around, isOver: () => moments < at };
}

async function interrupted(t: TestContext, fixture: Awaited<ReturnType<typeof rotating>>, at: number) {
  const source = newSource(t);
  const { session, access, store, depsOf, folder } = fixture;
  for (const context of [DEV, STAGING]) await put(session, KEY, OLD, context);
  const kill = killed(at);
  const { lease, settle, rotate } = approving(access);
  const commit = store.commit.bind(store);
  store.commit = kill.around(commit);
  const dying = depsOf({ lease: kill.around(lease), settle: kill.around(settle), rotate: kill.around(rotate) });
  const provider = { command: [source.program], cwd: folder, secrets: [] };
  const wanted = { name: KEY, contexts: [DEV, STAGING], provider, password: PASSWORD };
  const start = startRotation(dying, wanted).then(
    () => undefined,
    (error: Error) => error.message,
  );
  const why = await start;
  store.commit = commit;
  return { source, isOver: kill.isOver() && why === undefined };
}

test("S274 wherever a rotation is killed, going on ends it with one value that is valid at both ends", async (t) => {
  const phases = new Set<string>();
  const fixture = await rotating(t);
  const { access, deps, value } = fixture;
  for (let at = 1; ; at++) {
    const { source, isOver } = await interrupted(t, fixture, at);
    if (isOver) break;
    for (const rotation of await access.rotations()) {
      phases.add(rotation.phase);
      await continueRotation(deps, rotation);
    }
    assert.deepEqual(await access.rotations(), [], `killed at ${at}`);
    assert.deepEqual(source.valid(), [await value(DEV)], `killed at ${at}`);
    assert.equal(await value(STAGING), await value(DEV), `killed at ${at}`);
  }
  assert.deepEqual([...phases].sort(), ["made", "making", "stored"]);
});

test("wherever a rotation is killed, giving it up leaves the old value at both ends, or it goes on", async (t) => {
  let gaveUp = 0;
  const fixture = await rotating(t);
  const { access, deps, value } = fixture;
  for (let at = 2; ; at += 2) {
    const { source, isOver } = await interrupted(t, fixture, at);
    if (isOver) break;
    for (const rotation of await access.rotations()) {
      if (rotation.phase === "stored") {
        await assert.rejects(abortRotation(deps, rotation), { code: "argument-invalid" });
        await continueRotation(deps, rotation);
      } else {
        await abortRotation(deps, rotation);
        assert.deepEqual(source.valid(), [OLD], `killed at ${at}`);
        gaveUp++;
      }
    }
    assert.deepEqual(await access.rotations(), [], `killed at ${at}`);
    assert.deepEqual(source.valid(), [await value(DEV)], `killed at ${at}`);
    assert.equal(await value(STAGING), await value(DEV), `killed at ${at}`);
  }
  assert.ok(gaveUp > 5);
});

test("giving up that is killed too goes on with giving up", async (t) => {
  const fixture = await rotating(t);
  const { access, deps, depsOf, value, store } = fixture;
  for (let at = 1; ; at += 3) {
    const { source } = await interrupted(t, fixture, 16);
    const [rotation] = await access.rotations();
    assert.equal(rotation?.phase, "made");
    const kill = killed(at);
    const { lease, settle, rotate } = approving(access);
    const commit = store.commit.bind(store);
    store.commit = kill.around(commit);
    const dying = depsOf({ lease: kill.around(lease), settle: kill.around(settle), rotate: kill.around(rotate) });
    await abortRotation(dying, rotation!).catch(() => {});
    store.commit = commit;
    const [left] = await access.rotations();
    if (left?.phase === "made") await abortRotation(deps, left);
    else if (left !== undefined) await continueRotation(deps, left);
    assert.deepEqual([source.valid(), await value(DEV), await value(STAGING)], [[OLD], OLD, OLD], `killed at ${at}`);
    assert.deepEqual(await access.rotations(), []);
    if (kill.isOver()) break;
  }
});
