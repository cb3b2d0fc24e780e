import { setImmediate as turn } from "node:timers/promises";
import { type Api, type ApiOptions, startApi } from "../../../api-server/start-api.ts";
import { type MadeCommit, madeVault } from "./made-vault.ts";
import { type QuickCaller, quickCaller, type Sealed } from "./quick-caller.ts";
import { randomOf } from "./random-of.ts";

export interface Replays {
  /** Calls that changed something, each captured. */
  readonly calls: number;
  /** How often captured bytes were sent again. */
  readonly replays: number;
  /** Calls that took effect twice. Has to be 0. */
  readonly twice: number;
  /** Calls that were answered, and are not in the server's own log. Has to be 0. */
  readonly lost: number;
  /** How replays were answered, by code. */
  readonly answers: Readonly<Record<string, number>>;
}

/**
 * Every captured call is sent four times at once, and again after each of these: at the end of its time, after the memory
 * of calls has turned over, after hours, after a restart. The server's own log tells what took effect.
 */
export async function replays(
  options: Omit<ApiOptions, "now">,
  { calls, seed }: { readonly calls: number; readonly seed: number },
): Promise<Replays> {
  const random = randomOf(seed);
  let now = Date.now();
  const start = (): Promise<Api> => startApi({ ...options, rates: RATES, now: () => now });
  let api = await start();
  const vault = madeVault();
  const base = await quickCaller(api, undefined, { now: () => now });
  await base.call("PUT", vault.createPath, vault.createBody);
  let caller = await quickCaller(api, vault.device, { now: () => now });
  const environment = vault.newEnvironment();
  const path = `/environments/${environment}`;
  let last: MadeCommit | undefined;
  let [sent, effects, audited] = [0, 1, 0];
  const answers: Record<string, number> = {};
  const captured: Sealed[] = [];

  const again = async (count: number): Promise<void> => {
    const chosen = Array.from({ length: count }, () => captured[Math.floor(random() * captured.length)]!);
    for (const call of chosen) note(answers, await codeOf(caller, call));
    sent += count;
  };
  for (let call = 0; call < calls; call++) {
    const kind = call === 0 ? 0 : Math.floor(random() * 3);
    const next = vault.commit(environment, (last?.counter ?? 0) + 1, last?.head);
    const sealed =
      kind === 2
        ? caller.seal("POST", "/audit", { seq: ++audited, entry: Buffer.alloc(60, audited).toString("base64url") })
        : caller.seal("PUT", path, next.body);
    if (kind !== 2) last = next;
    if (kind !== 2) effects++;
    captured.push(sealed);
    const copies = await Promise.all(Array.from({ length: 4 }, () => codeOf(caller, sealed)));
    sent += 3;
    const took = copies.filter((code) => code === "ok");
    if (took.length !== 1) throw new Error(`Of four copies at once ${took.length} were taken: ${copies.join()}.`);
    for (const code of copies) if (code !== "ok") note(answers, code);
    await again(1);
    if (random() < 0.1) now += 30_000;
    await turn();
  }
  for (const pause of [0, 119_000, 2_000, 180_000, 298_000, 2_000, 3_600_000]) {
    now += pause;
    await again(Math.ceil(calls / 10));
  }
  for (let restart = 0; restart < 2; restart++) {
    now += restart * 601_000;
    const fresh = vault.commit(environment, last!.counter + 1, last!.head);
    const sealed = caller.seal("PUT", path, fresh.body);
    if ((await codeOf(caller, sealed)) !== "ok") throw new Error("A write was refused.");
    [last, effects] = [fresh, effects + 1];
    await api.close();
    api = await start();
    caller = await quickCaller(api, vault.device, { now: () => now });
    note(answers, `${await codeOf(caller, sealed)} (after a restart)`);
    captured.push(sealed);
    sent++;
    await again(Math.ceil(calls / 10));
  }
  const logged = await logLength(caller);
  const chain = await caller.call("GET", `/audit?device=${vault.device.id}`);
  const { counter } = (await caller.call("GET", path)).body;
  const found = { writes: logged - effects, order: counter - last!.counter, audit: lengthOf(chain.body, audited) };
  await api.close();
  const off = Object.values(found);
  const sum = (numbers: readonly number[]): number => numbers.reduce((total, number) => total + number, 0);
  return {
    ...{ calls: captured.length, replays: sent, answers },
    twice: sum(off.filter((number) => number > 0)),
    lost: Math.abs(sum(off.filter((number) => number < 0))),
  };
}

async function codeOf(caller: QuickCaller, call: Sealed): Promise<string> {
  const answer = await caller.post(call.bytes);
  if (answer.status !== 200) return String(answer.status);
  const { status, body } = call.open(answer.bytes);
  return status === 200 || status === 204 ? "ok" : body.code;
}

async function logLength(caller: QuickCaller): Promise<number> {
  for (let after = 0; ; ) {
    const { entries } = (await caller.call("GET", `/log?after=${after}`)).body;
    if (entries.length === 0) return after;
    after += entries.length;
  }
}

/** A page of a chain may be shorter than the chain. */
function lengthOf(chain: { readonly entries: readonly unknown[] }, wanted: number): number {
  return chain.entries.length - Math.min(wanted, 1000);
}

function note(answers: Record<string, number>, code: string): void {
  answers[code] = (answers[code] ?? 0) + 1;
}

const RATES = { device: [1e6, 1e6], address: [1e6, 1e6] } as const;
