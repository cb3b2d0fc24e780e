import { spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { requireSecretName } from "#core/vault/context.ts";
import { readVersion, secretHistory } from "#core/vault/secret-read.ts";
import { isVaultError } from "#core/vault-error.ts";
import { DEV } from "../../core/vault/fixture.ts";
import { temporaryFolder } from "../../temporary-folder.ts";
import { type ApiProcessOptions, startApiProcess } from "./api-process.ts";
import { randomOf } from "./random-of.ts";
import { type RealDevice, realVault, secondDevice, unlockOn } from "./real-vault.ts";

export interface KillClient {
  readonly acknowledged: number;
  readonly kills: number;
  /** Sent and not acknowledged when the client died, and found whole. */
  readonly inDoubtAndThere: number;
  readonly lost: number;
  /** Versions that don't open. */
  readonly half: number;
}

/** A real client writes and is killed at random moments; another one goes on with the files that it left. */
export async function killClient(
  options: ApiProcessOptions,
  { writes, kills, seed }: { readonly writes: number; readonly kills: number; readonly seed: number },
): Promise<KillClient> {
  const random = randomOf(seed);
  const closing: (() => void)[] = [];
  const scope = { after: (close: () => void) => void closing.push(close) };
  const api = await startApiProcess(options);
  const real = await realVault(scope, api, temporaryFolder("ov-killed-client-"));
  const acknowledged = new Map<number, number>();
  let killed = 0;
  for (let from = 1; from <= writes; ) {
    const after = killed < kills ? 1 + Math.floor(((writes / kills) * random()) / 2) : 0;
    const told = await writeUntil(real, { from, to: writes, after, pause: random() * 30 });
    for (const [n, version] of told) acknowledged.set(n, version);
    if (!told.has(writes)) killed++;
    // The one after the last acknowledged is in doubt: it is not sent again, only looked for.
    if (told.size > 0) from = Math.max(...told.keys()) + 2;
  }
  const found = await check(scope, await secondDevice(scope, real, temporaryFolder("ov-second-")), acknowledged);
  for (const close of closing) close();
  await api.stop();
  return { acknowledged: acknowledged.size, kills: killed, ...found };
}

/** One life of the client; what it had acknowledged when it died. */
async function writeUntil(
  real: RealDevice,
  { from, to, after, pause }: { from: number; to: number; after: number; pause: number },
): Promise<ReadonlyMap<number, number>> {
  const args = [WRITER, JSON.stringify(real), ...[from, to, after, pause].map(String)];
  const child = spawn(process.execPath, args, { stdio: ["ignore", "pipe", "inherit"] });
  const exited = once(child, "close");
  let text = "";
  child.stdout.on("data", (chunk) => (text += String(chunk)));
  const [code] = await exited;
  if (code !== 0 && code !== null) throw new Error("The client could not go on with what the killed one left.");
  const lines = text.split("\n").slice(0, -1);
  return new Map(lines.map((line) => line.split(" ").map(Number) as [number, number])); // "n version" on each
}

async function check(
  scope: { after(close: () => void): void },
  fresh: RealDevice,
  acknowledged: ReadonlyMap<number, number>,
): Promise<Pick<KillClient, "inDoubtAndThere" | "lost" | "half">> {
  const session = await unlockOn(scope, fresh);
  const values = new Map<string, number>();
  let half = 0;
  for (let key = 0; key < 20; key++) {
    const name = requireSecretName(`KEY_${key}`);
    // A name that was only ever in doubt may have no secret.
    const history = await secretHistory(session, DEV, name).catch((error: unknown) => {
      if (isVaultError(error, "secret-not-found")) return [];
      throw error;
    });
    for (const { version } of history) {
      const value = await readVersion(session, DEV, name, version).catch(() => undefined);
      if (value === undefined) half++;
      else values.set(value.toString(), version);
    }
  }
  const lost = [...acknowledged].filter(([n, version]) => values.get(`value ${n}`) !== version).length;
  return { inDoubtAndThere: values.size - (acknowledged.size - lost), lost, half };
}

const WRITER = fileURLToPath(new URL("client-writer.ts", import.meta.url));
