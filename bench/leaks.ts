import { compileMatcher, type Matcher } from "../extension/core/redact/matcher.ts";
import { alternate, leakMatrix } from "../test/leak-matrix/cases.ts";
import { leaked } from "../test/leak-matrix/judge.ts";
import { runCase, valuesOf } from "../test/leak-matrix/run-case.ts";

/**
 * The leak matrix, each command run for real with two values: what differs between the two outputs depends on the
 * secret, and half of it in the redacted output is a leak.
 */
const { cases, fixtures } = leakMatrix();
const tally = new Map<string, { kept: number; all: number }>();
for (const one of cases) {
  const fixture = fixtures[one.fixture]!;
  const raw = await runCase(one.command, fixture);
  const other = await runCase(one.command, alternate(fixture));
  const matcher = compileMatcher(valuesOf(fixture));
  const stdout = redact(matcher, raw.stdout);
  const shown = Buffer.concat([stdout.subarray(0, one.cap ?? stdout.length), redact(matcher, raw.stderr)]);
  const before = Buffer.concat([raw.stdout, raw.stderr]);
  const share = leaked(before, Buffer.concat([other.stdout, other.stderr]), shown);
  const forbidden = (one.forbid ?? []).some((text) => shown.includes(text));
  const kept = one.expected === "unchanged" ? shown.equals(before) : share < 0.5 && !forbidden;
  const sum = tally.get(one.expected) ?? { kept: 0, all: 0 };
  tally.set(one.expected, { kept: sum.kept + (kept ? 1 : 0), all: sum.all + 1 });
  if (!kept || (share > 0 && one.expected !== "unchanged")) {
    console.log(
      `${one.id.padEnd(4)} ${one.expected.padEnd(9)} ${kept ? "partly" : "shown "} ${(share * 100).toFixed(0)} %  ${one.notes || one.command}`,
    );
  }
}
for (const [expected, { kept, all }] of tally) console.log(`${expected.padEnd(10)} ${kept} of ${all}`);

function redact(matcher: Matcher, bytes: Uint8Array): Buffer {
  const redactor = matcher.redactor();
  return Buffer.concat([redactor.push(bytes), redactor.end()]);
}
