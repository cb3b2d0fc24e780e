import { wipe } from "#core/crypto/wipe.ts";
import { describeCommand } from "#core/run/command.ts";
import { deferRunMatcher } from "#core/run/deferred-matcher.ts";
import type { RunDeps } from "#core/run/held-lease.ts";
import { MatcherCache } from "#core/run/matcher-cache.ts";
import { runInTerminal, type TerminalStreams } from "#core/run/run-in-terminal.ts";
import type { Ask, VaultAccess } from "#core/run/vault-access.ts";
import { formatContext } from "#core/vault/context.ts";
import type { ResolvedContext } from "#core/vault/resolve-context.ts";
import type { Cli } from "./cli.ts";
import { say } from "./print.ts";
import { sayAlarm } from "./say-alarm.ts";
import { sayLeaked } from "./say-leaked.ts";
import { sayPlaceholders } from "./say-placeholders.ts";
import { type OpenedVault, withAccess } from "./with-access.ts";
import { provedPassword, withApproval } from "./with-approval.ts";

export interface RunHere {
  readonly action: "run" | "shell";
  /** As it is shown to a person and written to the audit log. */
  readonly client: string;
  readonly words: readonly string[];
  readonly resolved: ResolvedContext;
  readonly redact: boolean;
}

/** Runs a command with secrets on this process's own streams, and sets this process's exit code to that of the command. */
export async function runHere(cli: Cli, { action, client, words, resolved, redact }: RunHere): Promise<void> {
  const command = describeCommand(words);
  const { context, names, projectFile } = resolved;
  const request = {
    ...{ action, client, context, redact, cwd: cli.cwd, command: words },
    ...(names === undefined ? {} : { names }),
    ...(projectFile === undefined ? {} : { projectFile }),
  } as const;
  const use = async (opened: OpenedVault): Promise<void> => {
    // Values on the screen take a person.
    const password = redact ? undefined : await provedPassword(opened, "Switching redaction off");
    const matchers = new MatcherCache(deferRunMatcher);
    try {
      const deps = { access: forgettingAtLease(opened.access, password), parentEnv: cli.env, matchers };
      const run = (ask?: Ask) => runInTerminal(deps, request, ownStreams(), ask);
      const result = await withApproval(opened, run, password);
      if (result.weak.length > 0 && process.stderr.isTTY) {
        say(`ov: too short or too common to be hidden everywhere: ${result.weak.join(", ")}`);
      }
      sayPlaceholders(result.placeholders);
      sayAlarm(context, result.alarm);
      sayLeaked(context, result.leaked);
      process.exitCode = result.exitCode;
    } finally {
      matchers.close();
      wipe(password);
    }
  };
  try {
    await withAccess(
      cli,
      `run ${command} with secrets of ${formatContext(context)}`,
      use,
      redact ? "anywhere" : "terminal",
    );
  } finally {
    // An open stdin would keep this process waiting for input that nobody reads any more.
    process.stdin.destroy();
  }
}

/** Once the lease is granted there is nothing left to approve, and the run may take hours. */
function forgettingAtLease(access: VaultAccess, password: Uint8Array | undefined): RunDeps["access"] {
  return {
    lease: async (...asked) => {
      const lease = await access.lease(...asked);
      wipe(password);
      return lease;
    },
    settle: (...ended) => access.settle(...ended),
  };
}

function ownStreams(): TerminalStreams {
  return {
    stdin: process.stdin,
    stdout: process.stdout,
    stderr: process.stderr,
    onSignal: (listener) => {
      for (const signal of SIGNALS) process.on(signal, listener);
      return () => {
        for (const signal of SIGNALS) process.off(signal, listener);
      };
    },
  };
}

const SIGNALS = ["SIGINT", "SIGTERM", "SIGHUP", "SIGQUIT"] as const;
