import { MatcherCache } from "#core/run/matcher-cache.ts";
import { type ShellEnd, ShellSessions } from "#core/run/shell-session.ts";
import type { Ask } from "#core/run/vault-access.ts";
import { formatContext } from "#core/vault/context.ts";
import type { ResolvedContext } from "#core/vault/resolve-context.ts";
import type { Cli } from "./cli.ts";
import { sayAlarm } from "./say-alarm.ts";
import { sayLeaked } from "./say-leaked.ts";
import { sayPlaceholders } from "./say-placeholders.ts";
import { type OpenedVault, withAccess } from "./with-access.ts";
import { withApproval } from "./with-approval.ts";

const CLIENT = "ov shell";

/** A person's shell with secrets on this terminal. Its marks tell where a prompt is, so that prompts show at once. */
export async function shellHere(cli: Cli, resolved: ResolvedContext, shell: string): Promise<void> {
  const place = formatContext(resolved.context);
  try {
    await withAccess(cli, `give a shell the secrets of ${place}`, (opened) =>
      withApproval(opened, async (ask) => {
        process.exitCode = await openAndType(cli, opened, resolved, shell, ask);
      }),
    );
  } finally {
    process.stdin.destroy();
  }
}

async function openAndType(
  cli: Cli,
  { access }: OpenedVault,
  { context, names, projectFile }: ResolvedContext,
  shell: string,
  ask: Ask | undefined,
): Promise<number> {
  const { stdin, stdout } = process;
  const matchers = new MatcherCache();
  const shells = new ShellSessions({ idleMs: NEVER_MS });
  const end = (): void => void shells.closeAll();
  let onResize = (): void => {};
  let ended: ShellEnd | undefined;
  try {
    const exitCode = await new Promise<number>((resolve, reject) => {
      const request = {
        ...{ client: CLIENT, context, cwd: cli.cwd, shell, cols: stdout.columns, rows: stdout.rows },
        ...(names === undefined ? {} : { names }),
        ...(projectFile === undefined ? {} : { projectFile }),
        onData: (bytes: Uint8Array): void => void stdout.write(bytes),
        onEnd: (code: number | undefined, told: ShellEnd): void => {
          ended = told;
          resolve(code ?? 1);
        },
      };
      shells.open({ access, parentEnv: cli.env, matchers }, request, ask).then(({ id }) => {
        onResize = () => shells.resize(id, stdout.columns, stdout.rows);
        stdin.setRawMode(true);
        stdin.on("data", (keys: Buffer) => shells.write(id, keys));
        stdin.on("end", end);
        stdout.on("resize", onResize);
        for (const signal of SIGNALS) process.on(signal, end);
      }, reject);
    });
    return exitCode;
  } finally {
    for (const signal of SIGNALS) process.off(signal, end);
    stdout.off("resize", onResize);
    stdin.removeAllListeners("data").off("end", end);
    stdin.setRawMode(false);
    await shells.closeAll();
    matchers.close();
    sayPlaceholders(ended?.placeholders);
    sayAlarm(context, ended?.alarm);
    if (ended !== undefined) sayLeaked(context, ended.leaked);
  }
}

const SIGNALS = ["SIGTERM", "SIGHUP"] as const;
/** The longest that a timer takes: a person may leave a shell open. */
const NEVER_MS = 2 ** 31 - 1;
