import { setTimeout as sleep } from "node:timers/promises";
import type { ApiProcess } from "./api-process.ts";
import { type Found, type Ledger, ledgerOf } from "./ledger.ts";
import { type MadeVault, madeVault } from "./made-vault.ts";
import { type QuickCaller, quickCaller } from "./quick-caller.ts";

export interface LoadResult extends Found {
  readonly acknowledged: number;
  /** Writes that got no answer, and were sent again. */
  readonly again: number;
}

/** Clients that write without a pause, while somebody does something to the server. */
export interface Load {
  readonly vault: MadeVault;
  readonly finished: number;
  readonly ledgers: readonly Ledger[];
  /** Until so many are acknowledged, all in all. */
  until(finished: number): Promise<void>;
  /** No more writes after those that are on their way. */
  end(): void;
  /** Lets them end by themselves, and looks for everything that was acknowledged, by this server or another on the same database. */
  result(reader: Pick<ApiProcess, "url" | "serverId">): Promise<LoadResult>;
}

/** `writes` in all, by four clients, each in an environment of its own; more servers are called in turns. */
export async function startLoad(
  servers: readonly Pick<ApiProcess, "url" | "serverId">[],
  writes: number,
): Promise<Load> {
  const vault = madeVault();
  const base = await quickCaller(servers[0]!, undefined);
  await base.call("PUT", vault.createPath, vault.createBody);
  base.close();
  const callers = await Promise.all(servers.map((server) => quickCaller(server, vault.device, { timeout: 10_000 })));
  const ledgers = Array.from({ length: CLIENTS }, () => ledgerOf(vault));
  let [started, finished] = [0, 0];
  let isEnded = false;
  const writing = Promise.all(ledgers.map((ledger, at) => client(ledger, at)));
  // Whoever waits for it gets the error; until then it is not unhandled.
  writing.catch(() => {});

  async function client(ledger: Ledger, at: number): Promise<void> {
    for (let turn = at; started < writes && !isEnded; turn++) {
      started++;
      await ledger.write(inTurns(callers, turn));
      finished++;
    }
  }
  return {
    vault,
    ledgers,
    get finished() {
      return finished;
    },
    async until(count) {
      while (finished < Math.min(count, writes)) await Promise.race([sleep(1), writing]);
    },
    end() {
      isEnded = true;
    },
    async result(reader) {
      await writing;
      const caller = await quickCaller(reader, vault.device);
      const found = { acknowledged: finished, again: 0, lost: 0, half: 0 };
      for (const ledger of ledgers) {
        const { lost, half } = await ledger.check(caller);
        found.lost += lost;
        found.half += half;
        found.again += ledger.again;
      }
      for (const each of [caller, ...callers]) each.close();
      return found;
    },
  };
}

/** A server that is gone is not waited for: the next one is asked. */
function inTurns(callers: readonly QuickCaller[], turn: number): QuickCaller {
  let next = turn;
  const one = (): QuickCaller => callers[next++ % callers.length]!;
  return { ...callers[0]!, call: (method, path, body) => one().call(method, path, body) };
}

const CLIENTS = 4;
