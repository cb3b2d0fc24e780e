import { Agent, request } from "node:http";
import type { Method } from "#core/crypto/ov-seal.ts";
import type { ApiProcess } from "../test/api-server/failures/api-process.ts";
import { type MadeCommit, type MadeVault, madeVault } from "../test/api-server/failures/made-vault.ts";
import { type QuickCaller, quickCaller } from "../test/api-server/failures/quick-caller.ts";
import { median } from "./measure.ts";

/** One round of calls that are made before the clock runs: each list is sent in its order, all lists at once. */
export interface ApiWay {
  readonly name: string;
  readonly server: ApiProcess;
  readonly prepare: () => readonly (readonly (() => Promise<number>)[])[];
}

export interface Rate {
  readonly perSecond: number;
  readonly p50: number;
  readonly p99: number;
  /** ms of the server's processor time for one call. */
  readonly cpu: number;
}

export const AT_ONCE = 32;

export async function measureOnce({ name, server, prepare }: ApiWay): Promise<Rate> {
  const lists = prepare();
  const before = await server.usage();
  const times: number[] = [];
  const start = performance.now();
  await Promise.all(
    lists.map(async (list) => {
      for (const job of list) {
        const at = performance.now();
        const status = await job();
        times.push(performance.now() - at);
        if (status !== 200 && status !== 304) throw new Error(`${name} was answered ${status}.`);
      }
    }),
  );
  const seconds = (performance.now() - start) / 1000;
  const after = await server.usage();
  times.sort((a, b) => a - b);
  const at = (part: number): number => times[Math.floor(times.length * part)]!;
  return {
    perSecond: times.length / seconds,
    p50: at(0.5),
    p99: at(0.99),
    cpu: (after.cpu - before.cpu) / times.length,
  };
}

export function medians(rates: readonly Rate[]): Rate {
  const of = (name: keyof Rate): number => median(rates.map((rate) => rate[name]));
  return { perSecond: of("perSecond"), p50: of("p50"), p99: of("p99"), cpu: of("cpu") };
}

/** Reads and writes on one database, sealed and not; so many `calls` are made in each round. */
export async function waysOn(
  sealed: ApiProcess,
  unsealed: ApiProcess,
  calls: { readonly read: number; readonly write: number },
): Promise<readonly ApiWay[]> {
  const base = await quickCaller(sealed, undefined);
  const vaults = Array.from({ length: 8 }, () => madeVault());
  const callers: QuickCaller[] = [];
  for (const vault of vaults) {
    await base.call("PUT", vault.createPath, vault.createBody);
    callers.push(await quickCaller(sealed, vault.device));
  }
  const [vault, caller] = [vaults[0]!, callers[0]!];
  const environment = vault.newEnvironment();
  let last: MadeCommit | undefined;
  for (let counter = 1; counter <= 20; counter++) {
    last = vault.commit(environment, counter, last?.head);
    await caller.call("PUT", `/environments/${environment}`, last.body);
  }
  const agent = new Agent({ keepAlive: true });
  const plain = (of: MadeVault, method: Method, path: string, body?: object) => () =>
    send(`${unsealed.url}/plain`, agent, { method, path, account: of.account, body });
  const seal = (by: QuickCaller, method: Method, path: string, body?: object) => {
    const { bytes } = by.seal(method, path, body);
    return async () => (await by.post(bytes)).status;
  };
  const lists = (job: () => () => Promise<number>) =>
    Array.from({ length: AT_ONCE }, () => Array.from({ length: Math.ceil(calls.read / AT_ONCE) }, job));
  const places = Array.from({ length: AT_ONCE * 2 }, (_, at) => {
    const which = at % vaults.length;
    return { vault: vaults[which]!, caller: callers[which]!, path: vaults[which]!.newEnvironment(), last: undefined };
  }) as { vault: MadeVault; caller: QuickCaller; path: string; last: MadeCommit | undefined }[]; // filled below
  const writes = (from: number, make: (place: (typeof places)[number], body: object) => () => Promise<number>) =>
    places.slice(from, from + AT_ONCE).map((place) =>
      Array.from({ length: Math.ceil(calls.write / AT_ONCE) }, () => {
        place.last = place.vault.commit(place.path, (place.last?.counter ?? 0) + 1, place.last?.head);
        return make(place, place.last.body);
      }),
    );
  const path = `/environments/${environment}`;
  return [
    { name: "304 sealed", server: sealed, prepare: () => lists(() => seal(caller, "GET", `${path}?have=20`)) },
    { name: "304 unsealed", server: unsealed, prepare: () => lists(() => plain(vault, "GET", `${path}?have=20`)) },
    { name: "20 sealed", server: sealed, prepare: () => lists(() => seal(caller, "GET", path)) },
    { name: "20 unsealed", server: unsealed, prepare: () => lists(() => plain(vault, "GET", path)) },
    {
      name: "write sealed",
      server: sealed,
      prepare: () => writes(0, (place, body) => seal(place.caller, "PUT", `/environments/${place.path}`, body)),
    },
    {
      name: "write unsealed",
      server: unsealed,
      prepare: () => writes(AT_ONCE, (place, body) => plain(place.vault, "PUT", `/environments/${place.path}`, body)),
    },
    { name: "bare Fastify", server: unsealed, prepare: () => lists(() => () => send(`${unsealed.url}/bare`, agent)) },
    { name: "livez", server: sealed, prepare: () => lists(() => () => send(`${sealed.url}/livez`, agent)) },
  ];
}

function send(url: string, agent: Agent, body?: object): Promise<number> {
  return new Promise((resolve, reject) => {
    const bytes = body === undefined ? undefined : Buffer.from(JSON.stringify(body));
    const headers = bytes && { "content-type": "application/json", "content-length": bytes.length };
    const method = bytes === undefined ? "GET" : "POST";
    const sent = request(url, { agent, method, ...(headers && { headers }) }, (response) => {
      response.resume();
      response.on("end", () => resolve(response.statusCode ?? 0));
    });
    sent.on("error", reject);
    sent.end(bytes);
  });
}
