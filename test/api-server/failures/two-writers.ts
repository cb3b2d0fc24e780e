import { randomBytes } from "node:crypto";
import type { Device } from "../sealed-caller.ts";
import { type ApiProcessOptions, startApiProcess } from "./api-process.ts";
import { judge, type Seen, type Verdict } from "./history.ts";
import { type MadeVault, madeVault } from "./made-vault.ts";
import { type QuickCaller, quickCaller } from "./quick-caller.ts";
import { randomOf } from "./random-of.ts";

export interface TwoWriters extends Verdict {
  readonly acknowledged: number;
  /** Writes that came second, and were made again on the state of the first. */
  readonly conflicts: number;
  readonly reads: number;
}

/** Two devices write one environment, `writes` times each, and read it now and then; two servers where there are two. */
export async function twoWriters(
  servers: readonly [ApiProcessOptions, ApiProcessOptions?],
  { writes, seed }: { readonly writes: number; readonly seed: number },
): Promise<TwoWriters> {
  const random = randomOf(seed);
  const first = await startApiProcess(servers[0]);
  const second = servers[1] === undefined ? first : await startApiProcess(servers[1]);
  const vault = madeVault();
  const base = await quickCaller(first, undefined);
  await base.call("PUT", vault.createPath, vault.createBody);
  const other = { id: randomBytes(16).toString("hex"), secret: randomBytes(32) };
  await base.call("POST", "/devices", {
    ...{ account: vault.account, proof: vault.proof.toString("base64url") },
    device: { id: other.id, secret: other.secret.toString("base64url") },
  });
  const environment = vault.newEnvironment();
  const history: Seen[] = [];
  const writer = async (api: typeof first, device: Device): Promise<void> => {
    const caller = await quickCaller(api, device);
    await write(caller, { vault, environment, history, writes, random });
    caller.close();
  };
  await Promise.all([writer(first, vault.device), writer(second, other)]);
  const reader = await quickCaller(second, vault.device);
  const chain: string[] = [];
  for (;;) {
    const { status, body } = await reader.call("GET", `/environments/${environment}/heads/${chain.length + 1}`);
    if (status !== 200) break;
    chain.push(body.head);
  }
  reader.close();
  base.close();
  await first.stop();
  if (second !== first) await second.stop();
  const count = (kind: Seen["kind"]): number => history.filter((seen) => seen.kind === kind).length;
  const missing = Math.abs(chain.length - count("write"));
  const verdict = judge(history, chain);
  return {
    ...{ acknowledged: count("write"), conflicts: count("conflict"), reads: count("read") },
    ...{ ...verdict, lost: verdict.lost + missing },
  };
}

interface Writing {
  readonly vault: MadeVault;
  readonly environment: string;
  readonly history: Seen[];
  readonly writes: number;
  readonly random: () => number;
}

async function write(caller: QuickCaller, { vault, environment, history, writes, random }: Writing): Promise<void> {
  const path = `/environments/${environment}`;
  let [counter, head]: [number, string | undefined] = [0, undefined];
  const read = async (): Promise<void> => {
    const start = performance.now();
    const { status, body } = await caller.call("GET", path);
    if (status === 404) return;
    [counter, head] = [body.counter, body.head];
    history.push({ kind: "read", start, end: performance.now(), counter, head: body.head });
  };
  for (let written = 0; written < writes; ) {
    const next = vault.commit(
      environment,
      counter + 1,
      head === undefined ? undefined : Buffer.from(head, "base64url"),
    );
    const start = performance.now();
    const { status, body } = await caller.call("PUT", path, next.body);
    const end = performance.now();
    if (status === 200) {
      history.push({ kind: "write", start, end, counter: body.counter, head: next.body.head });
      [counter, head] = [next.counter, next.body.head];
      written++;
      if (random() < 0.3) await read();
    } else if (status === 412) {
      history.push({ kind: "conflict", start, end, counter: body.conflict.counter });
      await read();
    } else throw new Error(`A write was answered ${status}: ${JSON.stringify(body)}`);
  }
}
