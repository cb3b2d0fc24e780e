// What a sandbox and placeholders cost a run: of `true`, and of one HTTPS request to a server on loopback.
import { once } from "node:events";
import { mkdtempSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:https";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { RunDeps } from "#core/run/held-lease.ts";
import { MatcherCache } from "#core/run/matcher-cache.ts";
import { DEFAULT_PLACES } from "#core/run/placeholder/place.ts";
import { createRunCa } from "#core/run/placeholder/run-ca.ts";
import { type RunRequest, runWithSecrets } from "#core/run/run-with-secrets.ts";
import type { PlaceholderRule } from "#core/run/vault-access.ts";
import { requireContext, requireSecretName } from "#core/vault/context.ts";
import { isVaultError } from "#core/vault-error.ts";
import { printTable, takeTurns, type Way } from "./measure.ts";

const ROUNDS = 15;
const VALUE = "sk_test_4eC39HqLyjWDarjtT1zdp7dc";
const name = requireSecretName("API_KEY");

const folder = realpathSync(mkdtempSync(join(tmpdir(), "ov-bench-")));
const ca = await createRunCa();
const server = createServer(ca.issue("localhost"), (_request, response) => response.end("ok"));
server.listen(0, "127.0.0.1");
await once(server, "listening");
const { port } = server.address() as AddressInfo; // a TCP server's address is no string
const trusted = join(folder, "company.pem");
writeFileSync(trusted, ca.certificate);

const matchers = new MatcherCache();
/** A vault that grants everything: only the run is measured. */
const depsWith = (placeholder?: PlaceholderRule): RunDeps => ({
  access: {
    lease: async () => {
      const secret = { name, value: Buffer.from(VALUE), ...(placeholder === undefined ? {} : { placeholder }) };
      return { id: "bench", secrets: [secret], fingerprint: "bench" };
    },
    settle: async () => undefined,
  },
  parentEnv: { PATH: process.env.PATH, HOME: process.env.HOME, NODE_EXTRA_CA_CERTS: trusted, SSL_CERT_FILE: trusted },
  matchers,
});
const client = { client: "bench", context: requireContext("bench", "dev"), cwd: folder };
const host = `localhost:${port}`;
const plain = depsWith();
const standIn = depsWith({ allowedHosts: [host], places: DEFAULT_PLACES });
const sandbox = { hosts: [host] };

const url = `https://${host}/`;
const call = `fetch("${url}", { headers: { Authorization: "Bearer " + process.env.API_KEY } }).then((r) => r.text())`;
// Inside a sandbox "localhost" is the sandbox's own, unless the proxy is asked for it.
const request = ["env", "NO_PROXY=", "no_proxy=", process.execPath, "-e", call];

const kinds: readonly (readonly [string, RunDeps, Partial<RunRequest>])[] = [
  ["as it is", plain, {}],
  ["with placeholders", standIn, {}],
  ["in a sandbox", plain, { sandbox }],
  ["in a sandbox, with placeholders", standIn, { sandbox }],
];

function way(label: string, command: RunRequest["command"], deps: RunDeps, more: Partial<RunRequest>): Way {
  const run = async (): Promise<void> => {
    const { exitCode, stderr } = await runWithSecrets(deps, { ...client, command, ...more });
    if (exitCode !== 0) throw new Error(`${label}: ${Buffer.from(stderr).toString()}`);
  };
  return { name: label, run };
}

/** Without a sandbox on this machine, its rows say so. */
async function canSandbox(): Promise<boolean> {
  try {
    await way("trial", "true", plain, { sandbox }).run();
    return true;
  } catch (error) {
    if (!isVaultError(error, "denied-by-policy")) throw error;
    console.log(`${error.message}\n`);
    return false;
  }
}

const possible = (await canSandbox()) ? kinds : kinds.slice(0, 2);
for (const [what, command] of [
  ["`true`", ["true"]],
  ["Node with one HTTPS request", request],
] as const) {
  const times = await takeTurns(
    possible.map(([kind, deps, more]) => way(kind, command, deps, more)),
    ROUNDS,
  );
  const base = times.get("as it is")!;
  printTable(
    [what, "Median, ms", "More than as it is, ms"],
    [...times].map(([kind, ms]) => [kind, ms.toFixed(0), kind === "as it is" ? "" : (ms - base).toFixed(0)]),
  );
}

matchers.close();
server.closeAllConnections();
server.close();
rmSync(folder, { recursive: true, force: true });
