import { join } from "node:path";
import { readSecrets } from "#core/vault/secret-read.ts";
import { writeDrafts } from "#core/vault/secret-write.ts";
import { DEV, KEY } from "../../core/vault/fixture.ts";
import { type ApiProcessOptions, startApiProcess } from "./api-process.ts";
import { realVault, secondDevice, unlockOn } from "./real-vault.ts";

export interface Clocks {
  /** Ways in which the clocks differed. */
  readonly ways: number;
  readonly acknowledged: number;
  readonly lost: number;
}

/**
 * A real client and a server whose clocks are an hour off, either of them, either way: the client logs in, unlocks, writes
 * and reads. The vault is made while both are right.
 */
export async function clocks(
  options: ApiProcessOptions,
  folder: string,
  { writes, ways = WAYS.length }: { readonly writes: number; readonly ways?: number },
): Promise<Clocks> {
  const closing: (() => void)[] = [];
  const scope = { after: (close: () => void) => void closing.push(close) };
  const first = await startApiProcess(options);
  const real = await realVault(scope, first, join(folder, "first"));
  await first.stop();
  let [acknowledged, lost] = [0, 0];
  for (const [way, [server, client]] of WAYS.slice(0, ways).entries()) {
    const api = await startApiProcess({ ...options, ahead: server });
    const device = await secondDevice(
      scope,
      { ...real, url: api.url },
      join(folder, `way${way}`),
      () => Date.now() + client,
    );
    const session = await unlockOn(scope, device, () => Date.now() + client);
    for (let write = 0; write < writes; write++) {
      const value = `value ${way}.${write}`;
      await writeDrafts(session, DEV, "upsert", [{ name: KEY, value: Buffer.from(value) }]);
      acknowledged++;
      const [read] = await readSecrets(session, DEV, [KEY]);
      if (Buffer.from(read!.value).toString() !== value) lost++;
    }
    await api.stop();
  }
  for (const close of closing) close();
  return { ways, acknowledged, lost };
}

const HOUR = 3_600_000;
/** What the server's clock and the client's are ahead. A server keeps the keys that it made at another hour. */
const WAYS = [
  [HOUR, 0],
  [0, HOUR],
  [0, -HOUR],
  [-HOUR, 0],
  [HOUR, -HOUR],
  [-HOUR, HOUR],
] as const;
