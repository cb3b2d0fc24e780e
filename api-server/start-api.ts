import { mkdir } from "node:fs/promises";
import type { Logger } from "pino";
import { pino } from "pino";
import { health } from "./health/health.ts";
import { openSecrets } from "./keys/open-secrets.ts";
import { pepper as pepperOf } from "./keys/pepper.ts";
import { sealKeys } from "./keys/seal-keys.ts";
import { serverIdentity } from "./keys/server-identity.ts";
import { sharedState } from "./keys/shared-state.ts";
import { LIMITS } from "./limits.ts";
import { listen, type Tls } from "./listen.ts";
import { metrics } from "./metrics.ts";
import { keyFileOf, openDatabase, type Place } from "./place.ts";
import type { Rates } from "./sealed/sealed-calls.ts";
import { migrate } from "./storage/migrate.ts";
import { purge } from "./storage/purge.ts";
import { DatabaseCorrupt } from "./storage/sqlite-database.ts";

export interface ApiOptions extends Place {
  readonly host?: string;
  /** 0 = any free one. */
  readonly port?: number;
  readonly tls?: Tls | undefined;
  /** Addresses of proxies whose X-Forwarded-For is believed. */
  readonly trustProxy?: string | undefined;
  /** Prometheus metrics on 127.0.0.1; undefined = none. */
  readonly metricsPort?: number | undefined;
  /** Anybody may create an account; otherwise the first one closes the door. */
  readonly isOpen?: boolean;
  readonly quota?: number;
  readonly rates?: Rates;
  readonly log?: Logger;
  /** For tests: ms since 1970. */
  readonly now?: () => number;
  /** Told when the storage is damaged: this server serves nothing more. */
  readonly onCorrupt?: () => void;
}

export interface Api {
  readonly url: string;
  /** SHA-256 of the identity, hex: what a client pins. */
  readonly serverId: string;
  /** The same for people: 12 words. */
  readonly words: readonly string[];
  readonly metricsUrl: string | undefined;
  /** Answers what came, and stops. */
  close(): Promise<void>;
}

/** Starts the whole server in this process. */
export async function startApi(options: ApiOptions): Promise<Api> {
  const { log = pino({ level: "silent" }), now = Date.now, isOpen = false, quota = LIMITS.quota } = options;
  await mkdir(options.folder, { recursive: true, mode: 0o700 });
  const database = await openDatabase(options);
  try {
    await migrate(database);
    const secrets = await openSecrets(database, keyFileOf(options));
    const identity = serverIdentity(secrets.identitySeed);
    const pepper = pepperOf(secrets.pepper);
    const keys = await sealKeys(database, identity, pepper, now);
    const shared = await sharedState(database, keys);
    const ready = health(database);
    const measured = metrics({ news: database.news, keysEnd: keys.end });
    const stopping = new AbortController();
    const failed = (error: unknown): void => {
      if (!(error instanceof DatabaseCorrupt)) return;
      ready.fail();
      options.onCorrupt?.();
    };
    const listener = await listen({
      ...{
        database,
        identity,
        pepper,
        keys,
        epoch: shared.epoch,
        health: ready,
        log,
        now,
        stopping: stopping.signal,
        failed,
      },
      settings: { isOpen, quota },
      rates: options.rates ?? USUAL_RATES,
      observe: measured.observe,
      ...{
        host: options.host ?? "127.0.0.1",
        port: options.port ?? 0,
        tls: options.tls,
        trustProxy: options.trustProxy,
      },
    });
    const metricsServer = options.metricsPort === undefined ? undefined : await measured.listen(options.metricsPort);
    const chores = setInterval(() => {
      void keys.refresh().catch(failed);
      void purge(database, now()).catch(failed);
    }, CHORES_EVERY);
    const looks = setInterval(() => void shared.look().catch(failed), LOOK_EVERY);
    chores.unref();
    looks.unref();
    return {
      url: listener.url,
      serverId: identity.serverId.toString("hex"),
      words: identity.words,
      metricsUrl: metricsServer?.url,
      async close() {
        clearInterval(chores);
        clearInterval(looks);
        ready.drain();
        stopping.abort();
        await listener.close();
        await metricsServer?.close();
        keys.close();
        await database.close();
      },
    };
  } catch (error) {
    await database.close();
    throw error;
  }
}

const USUAL_RATES: Rates = { device: [200, 1000], address: [10, 100] };
const CHORES_EVERY = 60_000;
const LOOK_EVERY = 1000;
