import type { VaultStatus } from "#core/run/vault-access.ts";
import { onOneLine } from "#core/run/visible-text.ts";
import { formatContext } from "#core/vault/context.ts";
import { thisVault } from "#mcp/device/this-vault.ts";
import { attachToAgent } from "./attach-to-agent.ts";
import type { Cli } from "./cli.ts";
import { formatTime, print, printJson } from "./print.ts";

/** Without a password: from an unlocked agent where there is one, else from what can be seen of a locked vault. */
export async function vaultStatus(cli: Cli): Promise<VaultStatus> {
  const agent = await attachToAgent(cli);
  if (agent !== undefined) return agent.status();
  const { store } = await thisVault(cli.paths);
  return { kind: (await store.readAccount()) === undefined ? "absent" : "locked", location: store.location };
}

export async function showVaultStatus(cli: Cli, json: boolean): Promise<void> {
  const status = await vaultStatus(cli);
  if (json) return printJson(statusAsJson(status));
  for (const line of statusLines(status)) print(line);
}

export function statusLines(status: VaultStatus): readonly string[] {
  switch (status.kind) {
    case "absent":
      return [`vault      none in ${status.location}. Make one with "ov vault init".`];
    case "locked":
      return [`vault      locked, in ${status.location}. "ov unlock" opens it.`];
    case "unlocked": {
      const { location, unlockedAt, locksAt, apps, environments, pendingApprovals, approvals, canaryTrips, shared } =
        status;
      return [
        `vault      unlocked, in ${location}`,
        `session    since ${formatTime(unlockedAt)}; locks at ${formatTime(locksAt)} if not used before`,
        `holds      ${count(apps, "app")}, ${count(environments, "environment")}`,
        `approvals  ${pendingApprovals} waiting for an answer, ${approvals} in force${pendingApprovals > 0 ? '. See "ov approve".' : ""}`,
        ...(shared ?? []).map(
          ({ context, role }) => `shared     ${formatContext(context)}: ${role ?? "closed to you by an admin"}`,
        ),
        ...canaryTrips.map(
          ({ time, client, action, context, names }) =>
            `DECOY      ${formatTime(time)}: ${onOneLine(client)} asked for ${names.join(", ")} of ${formatContext(context)} (${action}). Find out why.`,
        ),
      ];
    }
  }
}

/** The stable fields of --json. */
export function statusAsJson(status: VaultStatus): Record<string, unknown> {
  if (status.kind !== "unlocked") return { state: status.kind, location: status.location };
  return {
    state: status.kind,
    location: status.location,
    vault_id: status.vaultId,
    unlocked_at: new Date(status.unlockedAt).toISOString(),
    locks_at: new Date(status.locksAt).toISOString(),
    kdf_profile: status.profile,
    apps: status.apps,
    environments: status.environments,
    ...(status.shared && {
      shared: status.shared.map(({ context, role = null }) => ({ context: formatContext(context), role })),
    }),
    pending_approvals: status.pendingApprovals,
    approvals: status.approvals,
    canary_trips: status.canaryTrips.map(({ time, context, ...trip }) => ({
      ...trip,
      context: formatContext(context),
      time: new Date(time).toISOString(),
    })),
  };
}

function count(number: number, what: string): string {
  return `${number} ${what}${number === 1 ? "" : "s"}`;
}
