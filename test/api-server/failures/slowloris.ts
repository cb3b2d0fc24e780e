import { connect, type Socket } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { REQUEST_TYPE, SEALED_PATH } from "#core/store/contract.ts";
import { type ApiProcess, startApiProcess } from "./api-process.ts";
import { madeVault } from "./made-vault.ts";
import { type QuickCaller, quickCaller } from "./quick-caller.ts";

export interface Slowloris {
  readonly connections: number;
  /** Of the calls of others: median and 99th percentile in ms, without the slow ones and beside them. */
  readonly p50Alone: number;
  readonly p50Beside: number;
  readonly p99Alone: number;
  readonly p99Beside: number;
  /** Calls of others that failed. Has to be 0. */
  readonly unsafe: number;
  /** Slow connections that the server has ended by itself by the end. */
  readonly cut: number;
}

/** Connections that send a byte now and then, of a header or of a body, while others work: turn by turn without and with them. */
export async function slowloris(
  folder: string,
  { connections, calls, turns, wait }: { connections: number; calls: number; turns: number; wait: number },
): Promise<Slowloris> {
  const api = await startApiProcess({ folder });
  const vault = madeVault();
  const base = await quickCaller(api, undefined);
  await base.call("PUT", vault.createPath, vault.createBody);
  const caller = await quickCaller(api, vault.device);
  const times = { alone: [] as number[], beside: [] as number[] };
  let [unsafe, cut] = [0, 0];
  const work = async (into: number[]): Promise<void> => {
    for (let call = 0; call < calls; call++) {
      const start = performance.now();
      const answer = await caller.call("GET", "/environments").catch(() => undefined);
      into.push(performance.now() - start);
      if (answer?.status !== 200) unsafe++;
    }
  };
  await work([]);
  for (let turn = 0; turn < turns; turn++) {
    await work(times.alone);
    const slow = await Promise.all(Array.from({ length: connections }, (_, at) => open(api, at)));
    const drip = setInterval(() => {
      for (const socket of slow) if (socket.writable) socket.write("a");
    }, 1000);
    await work(times.beside);
    await sleep(wait);
    clearInterval(drip);
    cut += slow.filter(({ readyState }) => readyState !== "open").length;
    for (const socket of slow) socket.destroy();
  }
  close(caller, base);
  await api.stop();
  const [alone, beside] = [sorted(times.alone), sorted(times.beside)];
  return {
    ...{ connections, unsafe, cut },
    ...{ p50Alone: at(alone, 0.5), p50Beside: at(beside, 0.5), p99Alone: at(alone, 0.99), p99Beside: at(beside, 0.99) },
  };
}

/** Every second one has sent its headers, and is slow with its body. */
function open({ url }: ApiProcess, number: number): Promise<Socket> {
  const { hostname, port } = new URL(url);
  const head = `POST ${SEALED_PATH} HTTP/1.1\r\nhost: x\r\ncontent-type: ${REQUEST_TYPE}\r\ncontent-length: 4096\r\n`;
  return new Promise((resolve, reject) => {
    const socket = connect(Number(port), hostname, () => {
      socket.write(number % 2 === 0 ? `${head}x-` : `${head}\r\n`, () => resolve(socket));
    });
    socket.once("error", reject);
    socket.on("error", () => {}); // cut by the server, as it should be
    socket.resume();
  });
}

function sorted(numbers: readonly number[]): readonly number[] {
  return [...numbers].sort((a, b) => a - b);
}

function at(numbers: readonly number[], part: number): number {
  return Number(numbers[Math.floor(numbers.length * part)]!.toFixed(1));
}

function close(...callers: readonly QuickCaller[]): void {
  for (const caller of callers) caller.close();
}
