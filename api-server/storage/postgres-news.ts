import pg from "pg";
import { newId } from "#core/crypto/random.ts";
import type { ChangeSignals } from "./change-signals.ts";

/** News of changes between the instances on one PostgreSQL, by LISTEN and NOTIFY. They may get lost, and are never relied on. */
export interface PostgresNews {
  /** Whether what others publish gets here: through a pooler that shares connections between clients it may not. */
  readonly isListening: boolean;
  /** Begins to listen, on a connection of its own. */
  listen(): void;
  /** Tells the others. Not in the transaction of the change: NOTIFY has all commits of a database wait for each other. */
  publish(accounts: Iterable<string>): void;
  close(): Promise<void>;
}

export function postgresNews(config: pg.ClientConfig, pool: pg.Pool, signals: ChangeSignals): PostgresNews {
  const self = newId();
  let pending = new Set<string>();
  let isPublishing = false;
  let isListening = false;
  let isStarted = false;
  let isClosed = false;
  let client: pg.Client | undefined;
  let timer: NodeJS.Timeout | undefined;
  let failures = 0;

  async function send(): Promise<void> {
    const messages = [...pending].map((account) => `${self}:${account}`);
    pending = new Set();
    // A message that is lost is made up for by the watchers' own look.
    await pool.query(NOTIFY, [messages]).catch(() => {});
  }

  async function flush(): Promise<void> {
    isPublishing = true;
    while (pending.size > 0) {
      await send();
      // The first change is told at once, and those that follow it closely are one message.
      await new Promise((resolve) => setTimeout(resolve, GATHER));
    }
    isPublishing = false;
  }

  function receive(payload: string): void {
    const [from, what = ""] = payload.split(":");
    if (from !== self) signals.raise([what]);
    else if (what === PING) {
      isListening = true;
      failures = 0;
      // Something may have changed while nobody listened.
      signals.raiseAll();
    }
  }

  async function connect(): Promise<void> {
    const next = new pg.Client(config);
    client = next;
    const lost = (): void => {
      if (client !== next) return;
      client = undefined;
      isListening = false;
      void next.end().catch(() => {});
      if (isClosed) return;
      timer = setTimeout(() => void connect(), Math.min(30_000, 500 * 2 ** failures++));
      timer.unref();
    };
    next.on("error", lost);
    next.on("end", lost);
    next.on("notification", ({ payload }) => receive(payload ?? ""));
    try {
      await next.connect();
      if (isClosed) return await next.end();
      await next.query(`LISTEN ${CHANNEL}`);
      // Through another connection, as all others' come.
      await pool.query(NOTIFY, [[`${self}:${PING}`]]);
    } catch {
      lost();
    }
  }

  return {
    get isListening() {
      return isListening;
    },
    listen() {
      if (isStarted) return;
      isStarted = true;
      void connect();
    },
    publish(accounts) {
      for (const account of accounts) pending.add(account);
      if (!isPublishing) void flush();
    },
    async close() {
      isClosed = true;
      clearTimeout(timer);
      if (pending.size > 0) await send();
      const last = client;
      client = undefined;
      await last?.end().catch(() => {});
    },
  };
}

const CHANNEL = "ov_changes";
const NOTIFY = `SELECT pg_notify('${CHANNEL}', message) FROM unnest($1::text[]) AS message`;
const PING = "ping";
/** ms */
const GATHER = 20;
