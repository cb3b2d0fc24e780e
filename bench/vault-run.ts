// What `vault_run ["true"]` costs beside a bare spawn of `true`: from an MCP client over stdio through the bundled
// `ov mcp serve`, with a new lease, approval check, decryption, redactors and audit entries every time. Prints Markdown.
import { spawn } from "node:child_process";
import { once } from "node:events";
import type { Client } from "@modelcontextprotocol/client";
import { BenchVault, madeUpSecrets, runTrue } from "./bench-vault.ts";
import { bundledOv } from "./bundled-ov.ts";
import { printTable, takeTurns, type Way } from "./measure.ts";

const SIZES = [1, 100, 1000];
const ROUNDS = 40;
const AIM_MS = 5;

const BARE = "bare spawn of `true`";
const ATTACHED = "`vault_run`, `ov mcp serve` attached to an agent";
const OWN = "`vault_run`, `ov mcp serve` with its own session";
const bareWith = (size: number): string => `${BARE}, ${size}`;

const ov = bundledOv();
const vaults: BenchVault[] = [];
const clients: Client[] = [];
try {
  const ways: Way[] = [{ name: BARE, run: () => bareTrue({}) }];
  for (const size of SIZES) {
    const secrets = madeUpSecrets(size);
    const agents = await connected(secrets, true);
    const own = await connected(secrets, false);
    ways.push({ name: bareWith(size), run: () => bareTrue(secrets) });
    ways.push({ name: `${ATTACHED}, ${size}`, run: () => runTrue(agents) });
    ways.push({ name: `${OWN}, ${size}`, run: () => runTrue(own) });
  }
  ways.push({ name: "ping", run: () => clients[1]!.ping() });
  report(await takeTurns(ways, ROUNDS, 5));
} finally {
  for (const client of clients) await client.close();
  for (const vault of vaults) vault.close();
}

async function connected(secrets: Readonly<Record<string, string>>, toAgent: boolean): Promise<Client> {
  const vault = await BenchVault.make(ov, secrets);
  vaults.push(vault);
  if (toAgent) vault.unlock();
  const client = await vault.connect();
  clients.push(client);
  return client;
}

async function bareTrue(secrets: Readonly<Record<string, string>>): Promise<void> {
  const env = { PATH: process.env.PATH ?? "", ...secrets };
  const child = spawn("true", [], { env, stdio: ["ignore", "pipe", "pipe"] });
  child.stdout.resume();
  child.stderr.resume();
  await once(child, "close");
}

function report(medians: ReadonlyMap<string, number>): void {
  const bare = medians.get(BARE)!;
  const cell = (ms: number): string => `${ms.toFixed(1)} (${(ms / bare).toFixed(1)}×)`;
  console.log(`\`vault_run ["true"]\`: median ms of ${ROUNDS}, and how many bare spawns of \`true\` that is\n`);
  printTable(
    ["Secrets in the context", ...SIZES.map(String)],
    [
      [`${BARE}, without secrets`, ...SIZES.map(() => cell(bare))],
      [`${BARE}, with the same environment`, ...SIZES.map((size) => cell(medians.get(bareWith(size))!))],
      ...[ATTACHED, OWN].map((way) => [way, ...SIZES.map((size) => cell(medians.get(`${way}, ${size}`)!))]),
      ...[ATTACHED, OWN].map((way) => [
        `${way}: beyond the bare spawn`,
        ...SIZES.map((size) => `${(medians.get(`${way}, ${size}`)! - bare).toFixed(1)} ms`),
      ]),
    ],
  );
  const ours = medians.get(`${OWN}, 100`)! - bare;
  console.log(
    `An MCP ping of the same server takes ${medians.get("ping")!.toFixed(1)} ms. Aim: under ${AIM_MS} ms of our own at 100 secrets; it is ${ours.toFixed(1)} ms with its own session.\n`,
  );
}
