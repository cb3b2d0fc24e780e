import type { Logger } from "pino";
import { sha256 } from "#core/crypto/hash.ts";
import { type OpenedCall, openRequest, readSealHeader } from "#core/crypto/ov-seal.ts";
import { randomBuffer } from "#core/crypto/random.ts";
import { wipe } from "#core/crypto/wipe.ts";
import type { Pepper } from "../keys/pepper.ts";
import type { SealKeys } from "../keys/seal-keys.ts";
import type { ServerIdentity } from "../keys/server-identity.ts";
import { LIMITS } from "../limits.ts";
import { Problem, problemAnswer } from "../problem.ts";
import type { Database } from "../storage/database.ts";
import { findHolder } from "./holder.ts";
import { nativeDecapsulator } from "./native-kem.ts";
import { rateLimit } from "./rate-limit.ts";
import { replayCache } from "./replay-cache.ts";
import type { Answer, Caller, Route } from "./route.ts";
import { router } from "./router.ts";

export interface SealedDeps {
  readonly database: Database;
  readonly keys: SealKeys;
  readonly identity: ServerIdentity;
  readonly pepper: Pepper;
  readonly routes: readonly Route[];
  readonly rates: Rates;
  readonly log: Logger;
  readonly now: () => number;
  /** Aborted when the server stops. */
  readonly stopping: AbortSignal;
  /** Told of a storage failure that no retry heals. */
  readonly failed: (error: unknown) => void;
  readonly observe: (route: string, status: number, seconds: number) => void;
}

/** Calls a second, and at once. */
export interface Rates {
  readonly device: readonly [number, number];
  /** Calls of base mode, and those that can't be opened or were captured: an address gets few of them. */
  readonly address: readonly [number, number];
}

/** What goes back over HTTP: sealed bytes, or a status without a word. */
export type Outer = { readonly status: 200; readonly bytes: Buffer } | { readonly status: 401 | 421 | 429 | 503 };

export interface SealedCalls {
  answer(bytes: Buffer, address: string, gone: AbortSignal): Promise<Outer>;
}

/** Opens a call, finds its operation, and seals what that answers: errors too. */
export function sealedCalls(deps: SealedDeps): SealedCalls {
  const { database, keys, identity, pepper, log, now } = deps;
  const decapsulate = nativeDecapsulator();
  const find = router(deps.routes);
  const replays = replayCache();
  const perDevice = rateLimit(...deps.rates.device);
  const perAddress = rateLimit(...deps.rates.address);

  async function open(
    bytes: Buffer,
    address: string,
  ): Promise<{ readonly opened: OpenedCall; readonly caller: Caller | undefined } | 401 | 421> {
    const header = readSealHeader(bytes);
    if (header === undefined) return 401;
    const keyId = Buffer.from(header.keyId);
    const seed = keys.seedOf(keyId.toString("hex"));
    if (seed === undefined) return 421;
    const key = { keyId, serverId: identity.serverId, seed };
    if (header.pskId === undefined) {
      const opened = openRequest(bytes, key, undefined, decapsulate);
      return opened === undefined ? 401 : { opened, caller: undefined };
    }
    const id = header.pskId.toString("hex");
    const holder = await database.read((tx) => findHolder(tx, id));
    const known = holder && pepper.unwrapDeviceSecret(holder.account, id, holder.wrappedSecret);
    // An unknown device costs the same as a wrong secret.
    const secret = known ?? randomBuffer(32);
    const opened = openRequest(bytes, key, { id: Buffer.from(header.pskId), secret }, decapsulate);
    wipe(secret);
    if (opened === undefined || holder === undefined || known === undefined) return 401;
    // Over, or used from elsewhere: what a thief of a token learns is what any stranger does.
    if (!holder.isUsable(now(), address)) return 401;
    if (now() - holder.seenAt > holder.noteEvery) {
      void database.write((tx) => holder.note(tx, now(), address)).catch(() => {});
    }
    return { opened, caller: holder.caller };
  }

  async function run({ request, enc }: OpenedCall, caller: Caller | undefined, gone: AbortSignal): Promise<Done> {
    const time = now();
    let name = "unknown";
    try {
      if (Math.abs(time - request.time) > SKEW) throw new Problem("clock_skew", { server_time: time });
      const callHash = sha256(enc).toString("hex");
      const isNew = replays.add(callHash, time);
      if (isNew === "full") throw new Problem("unavailable", { retry_after: 60 });
      if (!isNew) throw new Problem("replayed");
      const wait = caller && perDevice.take(caller.device, time);
      if (wait !== undefined) throw new Problem("rate_limited", { retry_after: wait });
      if (request.body.length > LIMITS.request) throw new Problem("too_large");

      const { route, params, query } = find(request.method, request.path);
      name = `${route.method} ${route.path}`;
      if ((route.mode === "device") !== (caller !== undefined)) throw new Problem("unauthorized");
      if (caller?.token !== undefined && !route.forTokens) throw new Problem("forbidden");
      const body = parsedBody(route, request.body);
      const answer = await route.handle(
        {
          ...{ params, query, body, time, bodyHash: sha256(request.body).toString("hex") },
          signal: AbortSignal.any([gone, deps.stopping]),
          once: { hash: callHash, expiresAt: time + REMEMBERED },
        },
        caller,
      );
      return { name, answer };
    } catch (error) {
      if (error instanceof Problem) return { name, answer: error };
      // Neither message nor cause: a database's message may quote what was written.
      const places = error instanceof Error ? error.stack?.match(/^ {4}at .*$/gm)?.slice(0, 8) : undefined;
      log.error({ route: name, error: error instanceof Error ? error.name : "unknown", places }, "a call failed");
      deps.failed(error);
      return { name, answer: new Problem("internal") };
    }
  }

  return {
    async answer(bytes, address, gone) {
      const start = performance.now();
      const isBase = bytes[15] !== 1;
      const wait = isBase ? perAddress.take(address, now()) : undefined;
      if (wait !== undefined) return { status: 429 };
      let result: Awaited<ReturnType<typeof open>>;
      try {
        result = await open(bytes, address);
      } catch (error) {
        deps.failed(error);
        return { status: 503 };
      }
      if (typeof result === "number") {
        deps.observe("unopened", result, seconds(start));
        if (!isBase && perAddress.take(address, now()) !== undefined) return { status: 429 };
        return { status: result };
      }
      const { name, answer } = await run(result.opened, result.caller, gone);
      const status = answer instanceof Problem ? problemAnswer(answer).status : answer.status;
      deps.observe(name, status, seconds(start));
      // Anybody who saw a call can send it again. That counts for where it comes from: were it the device's own count, it
      // would shut the device out.
      if (!isBase && isOld(answer) && perAddress.take(address, now()) !== undefined) return { status: 429 };
      const sealed = result.opened.sealResponse(encoded(answer));
      log.info({ route: name, status, ms: Math.round(seconds(start) * 1000) }, "call");
      return { status: 200, bytes: sealed };
    },
  };
}

interface Done {
  /** The operation's pattern, without ids. */
  readonly name: string;
  readonly answer: Answer | Problem;
}

/** It was made by a device, and perhaps long ago, and sent by somebody else. */
function isOld(answer: Answer | Problem): boolean {
  return answer instanceof Problem && (answer.code === "replayed" || answer.code === "clock_skew");
}

function parsedBody(route: Route, bytes: Uint8Array): unknown {
  if (route.body === undefined) {
    if (bytes.length > 0) throw new Problem("invalid");
    return undefined;
  }
  let json: unknown;
  try {
    json = JSON.parse(new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes));
  } catch {
    throw new Problem("invalid");
  }
  const parsed = route.body.safeParse(json);
  if (!parsed.success) throw new Problem("invalid");
  return parsed.data;
}

function encoded(answer: Answer | Problem): { readonly status: number; readonly body: Uint8Array } {
  if (answer instanceof Problem) {
    const problem = problemAnswer(answer);
    return { status: problem.status, body: Buffer.from(JSON.stringify(problem)) };
  }
  const { status, body, lines } = answer;
  if (lines !== undefined)
    return { status, body: Buffer.from(lines.map((line) => `${JSON.stringify(line)}\n`).join("")) };
  return { status, body: body === undefined ? new Uint8Array(0) : Buffer.from(JSON.stringify(body)) };
}

function seconds(start: number): number {
  return (performance.now() - start) / 1000;
}

const SKEW = 120_000;
const REMEMBERED = 300_000;
