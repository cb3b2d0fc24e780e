// What a sandbox and placeholders cost a run: of `true`, and of one HTTPS request to a server on loopback.
import { once } from "node:events";
import { mkdtempSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { createServer as createProxy } from "node:http";
import { createServer } from "node:https";
import { type AddressInfo, connect, type Server, type Socket } from "node:net";
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
const local = `localhost:${await listen(server)}`;
// A sandbox goes to this machine's own names past any proxy, so placeholders get another name, which a proxy leads here.
const named = createServer(ca.issue("api.example"), ({ headers }, response) => {
  response.end(headers.authorization === `Bearer ${VALUE}` ? "ok" : "no value");
});
const far = `api.example:${await listen(named)}`;
const leading = createProxy().on("connect", (request, client: Socket) => {
  const upstream = connect(Number(request.url!.split(":").at(-1)), "127.0.0.1", () => {
    client.write("HTTP/1.1 200 OK\r\n\r\n");
    upstream.pipe(client).pipe(upstream);
  });
  for (const socket of [client, upstream]) socket.on("error", () => undefined);
  client.on("close", () => upstream.destroy());
});
const https_proxy = `http://127.0.0.1:${await listen(leading)}`;
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
  parentEnv: {
    ...{ PATH: process.env.PATH, HOME: process.env.HOME, NODE_EXTRA_CA_CERTS: trusted, SSL_CERT_FILE: trusted },
    ...(placeholder === undefined ? {} : { https_proxy }),
  },
  matchers,
});
const client = { client: "bench", context: requireContext("bench", "dev"), cwd: folder };
const plain = depsWith();
const standIn = depsWith({ allowedHosts: [far], places: DEFAULT_PLACES });
const sandbox = { hosts: [local, far] };

/** Fails unless the value arrived. Inside a sandbox "localhost" is the sandbox's own, unless the proxy is asked for it. */
function request(host: string): readonly string[] {
  const call = `fetch("https://${host}/", { headers: { Authorization: "Bearer " + process.env.API_KEY } })`;
  const check = `${call}.then((r) => r.text()).then((text) => process.exit(text === "ok" ? 0 : 1))`;
  return ["env", "NO_PROXY=", "no_proxy=", process.execPath, "-e", check];
}

async function listen(some: Server): Promise<number> {
  some.listen(0, "127.0.0.1");
  await once(some, "listening");
  return (some.address() as AddressInfo).port; // a TCP server's address is no string
}

const kinds: readonly (readonly [string, RunDeps, Partial<RunRequest>, string])[] = [
  ["as it is", plain, {}, local],
  ["with placeholders", standIn, {}, far],
  ["in a sandbox", plain, { sandbox }, local],
  ["in a sandbox, with placeholders", standIn, { sandbox }, far],
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
  ["`true`", () => ["true"]],
  ["Node with one HTTPS request", request],
] as const) {
  const times = await takeTurns(
    possible.map(([kind, deps, more, host]) => way(kind, command(host), deps, more)),
    ROUNDS,
  );
  const base = times.get("as it is")!;
  printTable(
    [what, "Median, ms", "More than as it is, ms"],
    [...times].map(([kind, ms]) => [kind, ms.toFixed(0), kind === "as it is" ? "" : (ms - base).toFixed(0)]),
  );
}

matchers.close();
for (const open of [server, named, leading]) {
  open.closeAllConnections();
  open.close();
}
rmSync(folder, { recursive: true, force: true });
