import type { Command } from "commander";
import { serverWords } from "#core/crypto/server-words.ts";
import { type ServerIdentity, serverIdentity } from "../keys/server-identity.ts";
import { keyFileOf, openDatabase } from "../place.ts";
import { freeBytesOf, LEAST_FREE } from "../storage/free-space.ts";
import { backup } from "./backup.ts";
import { EXIT } from "./exit-code.ts";
import { type Operator, openBeside, requireSecrets, type Where, where } from "./operator.ts";
import { mib, progress } from "./progress.ts";
import { RestoreRefused, restore } from "./restore.ts";
import { type Verified, verify } from "./verify.ts";

/** `backup`, `verify` and `restore`. */
export function addBackupCommands(program: Command, operator: Operator): void {
  const { out, err, isTerminal } = operator;

  where(program.command("backup"))
    .description("write all that a restore needs of the database to a new FILE, also while a server runs")
    .argument("<file>")
    .action(async (file: string, options: Where) => {
      const keyFile = keyFileOf(options);
      const identity = await requireIdentity(keyFile);
      const database = openBeside(options, operator.databaseUrl);
      const shown = progress("Written", err, isTerminal);
      const stopped = new AbortController();
      operator.onStop(() => stopped.abort(new Error("Stopped. Nothing was written.")));
      try {
        const { signal } = stopped;
        const done = await backup(database, identity, file, { now: Date.now(), signal, progress: shown.at });
        shown.end();
        out(`${file}: ${mib(done.bytes)}, ${counts(done.rows)}, of the server ${identity.words.join(" ")}\n`);
        out(neededBesides(keyFile));
      } finally {
        await database.close();
      }
    });

  program
    .command("verify")
    .description("read all of a backup FILE, and check it: checksum, signatures, chains and hashes")
    .argument("<file>")
    .action(async (file: string) => {
      const shown = progress("Read", err, isTerminal);
      const verified = await verify(file, shown.at);
      shown.end();
      out(summary(file, verified));
      if (verified.problems.length > 0) operator.exit(EXIT.dataErr);
    });

  where(program.command("restore"))
    .description("fill an empty store from a backup FILE of either database, all or nothing; no server may run on it")
    .argument("<file>")
    .option("--despite-problems", "also what the server had stored damaged; the rest of it is whole")
    .action(async (file: string, options: Where & { readonly despiteProblems?: true }) => {
      const shown = progress("Read", err, isTerminal);
      const verified = await verify(file, shown.at);
      shown.end();
      out(summary(file, verified));
      if (verified.problems.length > 0 && options.despiteProblems !== true) {
        throw new RestoreRefused(
          "Nothing was restored. Take an older backup, or take this one as it is with --despite-problems.",
        );
      }
      const identity = await requireIdentity(keyFileOf(options));
      const { databaseUrl } = operator;
      const database = await openDatabase({ ...options, databaseUrl });
      const restored = progress("Restored", err, isTerminal);
      try {
        if (databaseUrl === undefined) await requireRoom(options.folder, verified.bytes);
        await restore(database, identity, file, verified, restored.at);
      } finally {
        restored.end();
        await database.close();
      }
      out(AFTER_RESTORE);
    });
}

async function requireIdentity(keyFile: string): Promise<ServerIdentity> {
  return serverIdentity((await requireSecrets(keyFile)).identitySeed);
}

async function requireRoom(folder: string, bytes: number): Promise<void> {
  const needed = bytes * 3 + LEAST_FREE;
  const free = await freeBytesOf(folder);
  if (free >= needed) return;
  throw new RestoreRefused(`${folder} has ${mib(free)} free, and a restore takes ${mib(needed)}. Make room first.`);
}

function summary(file: string, { header, serverId, bytes, rows, problems }: Verified): string {
  const made = new Date(header.made_at).toISOString();
  const lines = [
    `${file}: ${mib(bytes)}, ${counts(rows)}, of ${made}`,
    `Of the server ${serverWords(serverId).join(" ")}`,
    problems.length === 0 ? "Checksum, signatures, chains and hashes are right." : "The file is whole, and in it:",
    ...problems.map((problem) => `  ${problem}`),
  ];
  return `${lines.join("\n")}\n`;
}

function counts(rows: ReadonlyMap<string, number>): string {
  return ["accounts", "environments", "records"].map((table) => `${rows.get(table) ?? 0} ${table}`).join(", ");
}

function neededBesides(keyFile: string): string {
  return `It holds ciphertext, and no key. A restore needs besides it:
  ${keyFile}
    the server's identity and its pepper. No backup holds them: keep a copy in another place than this file.
  the files of --tls-key and --tls-cert, if TLS is not a proxy's
Check it now: ov-api verify FILE
`;
}

const AFTER_RESTORE = `Restored. Start the server: ov-api serve
Clients are told that this is another epoch, and read everything anew. A device that has seen newer state than the backup
has stops with "rolled-back": on each of them the person decides, and runs "ov vault accept-restore".
What was captured before the restore can't be replayed: the keys that calls are sealed to are new.
`;
