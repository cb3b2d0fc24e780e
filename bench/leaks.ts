// The leak matrix, each command run for real, through `vault_run` of the bundled `ov mcp serve` over MCP: what differs
// between the outputs of a command for two values depends on the secret, and half of it in the result is a leak.
// Prints Markdown, with the figures of other redactors beside ours. With `more`: our own further cases as well. With
// `--pairs [values, 1] [seed, random]`: every ordered pair of the encoders of the tests instead.
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Client } from "@modelcontextprotocol/client";
import { compileMatcher } from "../extension/core/redact/matcher.ts";
import { decodeOutput } from "../extension/core/run/run-with-secrets.ts";
import { alternate, type Fixture, type LeakCase, leakMatrix, moreCases } from "../test/leak-matrix/cases.ts";
import { leaked } from "../test/leak-matrix/judge.ts";
import { type Output, runCase, valuesOf } from "../test/leak-matrix/run-case.ts";
import { shown } from "../test/leak-matrix/shown.ts";
import { BenchVault, CONTEXT } from "./bench-vault.ts";
import { bundledOv } from "./bundled-ov.ts";
import { randomSeed, reportPairs } from "./leak-pairs.ts";
import { printTable } from "./measure.ts";

/** Values that may be any: the others are of a kind, a word or a number, which a random one isn't. */
const RANDOM = /^(?:token|special|conn|pem|json|hexkey|b64key|uuid|long)/;
const COUNTED = ["must", "should", "unchanged"] as const;
/** Of the whole matrix's 105 must, as published with it; of its 52 should, none hid more than 8. */
const WHOLE: Readonly<Record<string, string>> = { github: "54", dotenvx: "38", varlock: "33" };
const OTHERS = "29 to 52";

/** What a vault takes. */
const LARGEST = 65_536;

const pairs = process.argv.indexOf("--pairs");
if (pairs !== -1) {
  const [values = 1, seed = randomSeed()] = process.argv.slice(pairs + 1).map(Number);
  reportPairs(values, seed);
  process.exit();
}

const { cases: matrix, fixtures, peers } = leakMatrix();
const ov = bundledOv();
const ours = await hiddenBy(matrix);
report(matrix, ours);
if (process.argv.includes("more")) {
  const more = moreCases();
  const kept = await hiddenBy(more);
  console.log("Our own further cases, not measured with the others:\n");
  printTable(["", ...COUNTED], [["OpaqueVault", ...COUNTED.map((expected) => share(more, kept, expected))]]);
}

/** The ids of the cases that went well. */
async function hiddenBy(cases: readonly LeakCase[]): Promise<ReadonlySet<string>> {
  const kept = new Set<string>();
  for (const name of new Set(cases.map(({ fixture }) => fixture))) {
    const fixture = RANDOM.test(name) ? alternate(fixtures[name]!) : fixtures[name]!;
    const mine = cases.filter((one) => one.fixture === name);
    await withRunner(fixture, async (run) => {
      for (const one of mine) if (await isKept(one, fixture, run)) kept.add(one.id);
    });
  }
  return kept;
}

type Run = (command: string) => Promise<string>;

async function withRunner(fixture: Fixture, use: (run: Run) => Promise<void>): Promise<void> {
  if (fixture.SECRET_FILE_HEX !== undefined || (fixture.SECRET ?? "").length > LARGEST) {
    // No environment carries these bytes, or no vault so many, so no run can have them.
    const matcher = compileMatcher(valuesOf(fixture));
    await use(async (command) => textOf(shown(matcher, await runCase(command, fixture))));
    return;
  }
  const secrets = Object.fromEntries(valuesOf(fixture).map(({ name, value }) => [name, Buffer.from(value).toString()]));
  // The bench's client opens its window of approval with a secret of this name.
  const vault = await BenchVault.make(ov, { ...secrets, SECRET_0: "not printed by anybody" });
  const client = await vault.connect();
  approveEach(client);
  try {
    const folder = vault.project;
    writeFileSync(join(folder, "secret"), secrets.SECRET ?? "");
    await use((command) =>
      vaultRun(client, folder, `export SECRET_FILE=$PWD/secret; ${command}`, Object.keys(secrets)),
    );
  } finally {
    await client.close();
    vault.close();
  }
}

/** A dump of the environment is asked about each time, with fewer answers to choose from: the last is the widest. */
function approveEach(client: Client): void {
  client.setRequestHandler("elicitation/create", ({ params }) => {
    if (!("requestedSchema" in params)) return { action: "decline" };
    const decision = params.requestedSchema.properties.decision as { readonly enum: readonly string[] }; // ours
    return { action: "accept", content: { decision: decision.enum.at(-1)! } };
  });
}

async function vaultRun(client: Client, cwd: string, script: string, secrets: readonly string[]): Promise<string> {
  const asked = { ...CONTEXT, command: ["bash", "-c", script], cwd, secrets };
  const { structuredContent, isError, content } = await client.callTool({ name: "vault_run", arguments: asked });
  if (isError === true) throw new Error(JSON.stringify(content));
  const { stdout, stderr } = structuredContent as { stdout: string; stderr: string }; // the tool's output schema
  return stdout + stderr;
}

async function isKept(one: LeakCase, fixture: Fixture, run: Run): Promise<boolean> {
  const raw = await runCase(one.command, fixture);
  const other = await runCase(one.command, alternate(fixture));
  const seen = await run(one.command);
  if (one.expected === "unchanged") return seen === textOf(raw) || tell(one, "changed");
  if ((one.forbid ?? []).some((text) => seen.includes(text))) return tell(one, "shown");
  const part = leaked(Buffer.from(textOf(raw)), Buffer.from(textOf(other)), Buffer.from(seen));
  return part < 0.5 || tell(one, `shown to ${(part * 100).toFixed(0)} %`);
}

/** As a model gets it. */
function textOf({ stdout, stderr }: Pick<Output, "stdout" | "stderr">): string {
  return decodeOutput(stdout) + decodeOutput(stderr);
}

function tell(one: LeakCase, what: string): false {
  if (COUNTED.some((expected) => expected === one.expected)) {
    console.log(`- ${one.id} (${one.expected}) was ${what}: ${one.notes || one.command}`);
  }
  return false;
}

function report(cases: readonly LeakCase[], kept: ReadonlySet<string>): void {
  const rows = Object.keys(peers).map((peer) => {
    const caught = new Set(cases.filter(({ measured }) => measured?.caughtBy.includes(peer)).map(({ id }) => id));
    return { name: peer, caught, whole: WHOLE[peer] ?? OTHERS };
  });
  rows.sort((a, b) => b.caught.size - a.caught.size);
  console.log("\nThe half of the matrix that the repository holds; the others as measured on 2026-11-23.\n");
  printTable(
    ["Redactor", ...COUNTED, "must, whole matrix (105)"],
    [{ name: "**OpaqueVault**, by `vault_run`", caught: kept, whole: "" }, ...rows].map(({ name, caught, whole }) => [
      name,
      ...COUNTED.map((expected) => share(cases, caught, expected)),
      whole,
    ]),
  );
}

function share(cases: readonly LeakCase[], kept: ReadonlySet<string>, expected: string): string {
  const all = cases.filter((one) => one.expected === expected);
  return `${all.filter(({ id }) => kept.has(id)).length} of ${all.length}`;
}
