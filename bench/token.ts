// `ov run -- true` by a token on a machine that has nothing: an empty home, a server on loopback; beside dotenvx, which
// reads an encrypted file with its key in the environment, and a bare Node. Prints Markdown.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { serverWords } from "#core/crypto/server-words.ts";
import { localAccess } from "#core/run/local-access.ts";
import { requireContext, requireSecretName } from "#core/vault/context.ts";
import { createToken } from "#core/vault/sharing/tokens.ts";
import { createVault, unlockVault } from "#core/vault/vault.ts";
import { moveVaultToServer } from "#mcp/device/move-vault.ts";
import { findPaths } from "#mcp/device/paths.ts";
import { localVault, thisVault } from "#mcp/device/this-vault.ts";
import { startApi } from "../api-server/start-api.ts";
import { madeUpSecrets } from "./bench-vault.ts";
import { bundledOv, cacheFolder } from "./bundled-ov.ts";
import { printTable, takeTurns } from "./measure.ts";
import { otherTool } from "./other-tools.ts";

const CONTEXT = requireContext("shop", "dev");
const SECRETS = 10;
const ROUNDS = 15;
const OURS = "`OV_TOKEN=… ov run`";
const PASSWORD = Buffer.from("correct horse battery staple");

const ov = bundledOv();
const dotenvx = otherTool("@dotenvx/dotenvx");
const root = mkdtempSync(join(cacheFolder(), "token-"));
const secrets = madeUpSecrets(SECRETS);
const api = await startApi({ folder: join(root, "api") });
try {
  const token = await tokenOf();
  const [empty, project] = [join(root, "empty"), join(root, "project")];
  for (const folder of [empty, project]) mkdirSync(folder);
  writeFileSync(
    join(project, ".env"),
    Object.entries(secrets)
      .map((pair) => `${pair.join("=")}\n`)
      .join(""),
  );
  const bare = { PATH: process.env.PATH ?? "", HOME: empty, DO_NOT_TRACK: "1" };
  await start([dotenvx, "encrypt"], project, bare);
  const medians = await takeTurns(
    [
      { name: "Node that does nothing", run: () => start(["-e", "0"], empty, bare) },
      { name: OURS, run: () => start([ov, "run", "--", "true"], empty, { ...bare, OV_TOKEN: token }) },
      {
        name: "`dotenvx run`, from an encrypted .env",
        run: () => start([dotenvx, "run", "--quiet", "--", "true"], project, bare),
      },
    ],
    ROUNDS,
  );
  console.log(`One command with ${SECRETS} secrets in an empty home, whole process: median of ${ROUNDS}\n`);
  printTable(
    ["Running `true` by", "Median, ms", "Beside a token"],
    [...medians].map(([name, ms]) => [name, ms.toFixed(0), `${(ms / medians.get(OURS)!).toFixed(2)}×`]),
  );
} finally {
  await api.close();
  rmSync(root, { recursive: true, force: true });
}

async function tokenOf(): Promise<string> {
  const paths = findPaths({ OV_HOME: join(root, "home") });
  const { session } = await createVault(localVault(paths), PASSWORD);
  const access = localAccess(session, { idleMs: 3600_000 });
  await access.createEnvironment(CONTEXT);
  const drafts = Object.entries(secrets).map(([name, value]) => ({
    name: requireSecretName(name),
    value: Buffer.from(value),
  }));
  await access.write(CONTEXT, "create", drafts);
  await access.lock();
  const serverId = Buffer.from(api.serverId, "hex");
  await moveVaultToServer(paths, { url: api.url, serverId, words: serverWords(serverId), isConfirmed: true }, PASSWORD);
  const moved = await unlockVault(await thisVault(paths), PASSWORD);
  const expiresAt = Date.now() + 3600_000;
  const token = await createToken(moved, { name: "bench", contexts: [CONTEXT], expiresAt, addresses: [] });
  moved.lock();
  return token;
}

async function start(args: readonly string[], cwd: string, env: Readonly<Record<string, string>>): Promise<void> {
  const child = spawn(process.execPath, args, { cwd, env, stdio: ["ignore", "pipe", "pipe"] });
  let said = "";
  for (const stream of [child.stdout, child.stderr]) stream.on("data", (chunk) => (said += chunk));
  const [code] = await once(child, "close");
  if (code !== 0) throw new Error(`${args.join(" ")} ended with ${code}: ${said}`);
}
