import assert from "node:assert/strict";
import { test } from "node:test";
import { type AnomalyRules, BURST_MS, BURST_USES, withAnomalies } from "#core/run/audit/anomalies.ts";
import { passes } from "#core/run/audit/audit-filter.ts";
import type { AuditRecord } from "#core/run/vault-access.ts";

const HOUR = 3_600_000;
/** A day of UTC begins at 0. */
const RULES: AnomalyRules = { hours: { from: 8, to: 18 }, hourOf: (time) => Math.floor(time / HOUR) % 24 };
let seq = 0;

function entry(over: Partial<AuditRecord>): AuditRecord {
  const defaults = { device: "laptop", time: 10 * HOUR, actor: "ov run", action: "run", names: ["KEY"], outcome: "ok" };
  return { ...defaults, seq: ++seq, ...over };
}

function marks(records: readonly AuditRecord[], rules = RULES) {
  return withAnomalies(records, rules).map(({ anomalies = [] }) => anomalies);
}

test("the first use from another device is marked, once, and the first device of all is not", () => {
  const other = { device: "phone" };
  assert.deepEqual(marks([entry({}), entry({}), entry(other), entry(other), entry({})]), [[], [], ["device"], [], []]);
});

test("the first use by another client is marked, and a new version of it is no other client", () => {
  const by = (actor: string) => entry({ actor });
  assert.deepEqual(
    marks([
      by("owner"),
      by("ov run"),
      by("claude-code 2.1"),
      by("claude-code 2.2"),
      by("owner"),
      by("Codex 0.9.1-beta"),
    ]),
    [[], [], ["client"], [], [], ["client"]],
  );
});

test("a device or client that was not seen for 90 days is news again, and one that is alone never is", () => {
  const day = 24 * HOUR;
  const at = (days: number, over: Partial<AuditRecord> = {}) => entry({ time: 10 * HOUR + days * day, ...over });
  const phone = { device: "phone", actor: "codex 1" };
  assert.deepEqual(marks([at(0), at(1, phone), at(80, phone), at(100), at(171, phone), at(172)]), [
    ...[[], ["device", "client"], [], ["device", "client"]],
    ...[["device", "client"], []],
  ]);
  assert.deepEqual(marks([at(0), at(200), at(400)]), [[], [], []]);
});

test("uses outside of the usual hours are marked, other actions are not, and without hours nothing is", () => {
  const night = [entry({ time: 3 * HOUR }), entry({ time: 3 * HOUR, action: "unlock" }), entry({ time: 18 * HOUR })];
  assert.deepEqual(marks(night), [["hours"], [], ["hours"]]);
  assert.deepEqual(marks(night, {}), [[], [], []]);
  const nightShift = { ...RULES, hours: { from: 22, to: 6 } };
  assert.deepEqual(marks(night, nightShift), [[], [], ["hours"]]);
});

test("a decoy is marked, and a burst once for every so many uses in a minute", () => {
  assert.deepEqual(marks([entry({ action: "canary" })]), [["decoy"]]);
  const at = (index: number, gap: number) => entry({ time: 10 * HOUR + index * gap });
  const fast = Array.from({ length: 2 * BURST_USES }, (_, index) => at(index, 10));
  const burst = marks(fast).flatMap((found, index) => (found.includes("burst") ? [index + 1] : []));
  assert.deepEqual(burst, [BURST_USES, 2 * BURST_USES]);
  const slow = Array.from({ length: 3 * BURST_USES }, (_, index) => at(index, BURST_MS / (BURST_USES - 2)));
  assert.deepEqual(marks(slow).flat(), []);
});

test("a filter keeps what has the name, client, action, time and marks that are asked for", () => {
  const record = entry({ actor: "Claude-Code 2.1", time: 1000 });
  assert.ok(passes(record, {}));
  for (const wanted of [{ name: "KEY" }, { client: "claude" }, { action: "run" }, { since: 1000 }, { until: 1001 }]) {
    assert.ok(passes(record, wanted), JSON.stringify(wanted));
  }
  for (const other of [{ name: "K" }, { client: "codex" }, { action: "ru" }, { since: 1001 }, { until: 1000 }]) {
    assert.ok(!passes(record, other), JSON.stringify(other));
  }
  assert.ok(!passes(record, { onlyAnomalies: true }));
  assert.ok(passes({ ...record, anomalies: ["hours"] }, { onlyAnomalies: true }));
});
