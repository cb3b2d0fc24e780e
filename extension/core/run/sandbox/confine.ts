import type { Matcher } from "../../redact/matcher.ts";
import type { Command } from "../command.ts";
import type { HeldLease } from "../held-lease.ts";
import { alsoHiding } from "../placeholder/also-hiding.ts";
import type { Confinement } from "../vault-access.ts";
import { openSandbox } from "./open-sandbox.ts";

/** How a lease's command is started, in a sandbox if the lease says so. */
export interface ConfinedCommand {
  readonly command: Command;
  readonly env: Readonly<Record<string, string>>;
  readonly matcher: Matcher;
  /** Must be called when the run has ended. */
  close(): Promise<void>;
}

/** Refuses with `denied-by-policy` where there has to be a sandbox and can't be one. */
export async function confine(command: Command, lease: HeldLease): Promise<ConfinedCommand> {
  const { cwd, env, matcher, confinement, standIns } = lease;
  if (confinement === undefined) return { command, env, matcher, close: async () => undefined };
  const way = confinement.hosts !== "any" && standIns.proxy !== undefined ? { proxy: standIns.proxy } : {};
  const sandbox = await openSandbox({ command, cwd, path: env.PATH, hosts: confinement.hosts, ...way });
  return {
    command: sandbox.command,
    env: { ...env, ...sandbox.env },
    matcher: alsoHiding(matcher, sandbox.credentials),
    close: sandbox.close,
  };
}

/** What two ask for: only hosts that both let it reach. */
export function both(a: Confinement | undefined, b: Confinement | undefined): Confinement | undefined {
  if (a === undefined || b === undefined) return a ?? b;
  if (a.hosts === "any" || b.hosts === "any") return a.hosts === "any" ? b : a;
  const { hosts } = b;
  return { hosts: a.hosts.filter((host) => hosts.includes(host)) };
}
