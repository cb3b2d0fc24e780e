import { revisionOf } from "../vault/apps.ts";
import { everyEnvironment } from "../vault/every-environment.ts";
import type { Session } from "../vault/session.ts";
import { catchUp } from "../vault/sharing/catch-up.ts";
import { readAudit } from "./audit/read-audit.ts";
import { answerMethods } from "./local/answers.ts";
import { environmentMethods } from "./local/environments.ts";
import { HeldVault } from "./local/held-vault.ts";
import { leaseMethods } from "./local/leases.ts";
import { secretMethods } from "./local/secrets.ts";
import { sharingMethods } from "./local/sharing.ts";
import type { AlarmNotice, CanaryTrip, SharedContext, VaultAccess, VaultStatus } from "./vault-access.ts";

export interface LocalAccessOptions {
  /** The session locks when nothing was asked of it for so long (ms). */
  readonly idleMs: number;
  /** Of a token: no person is there to be asked, and its making was the yes. */
  readonly isUnattended?: true;
  /** A clock (ms) that is never set; left out, the process's own. */
  readonly steady?: () => number;
  /** Called once, when the session was locked for whatever reason. */
  readonly onLock?: () => void;
  /** Called at once when a decoy was asked for, to tell the person. */
  readonly onCanary?: (trip: CanaryTrip) => void;
  /** Called when a run ended that printed what a person should know of. */
  readonly onAlarm?: (notice: AlarmNotice) => void;
}

/** The gate in front of an unlocked session of this process: approvals, audit, idle lock. */
export function localAccess(session: Session, options: LocalAccessOptions): VaultAccess {
  const held = new HeldVault(session, options, () => void grantInvited(session));
  return {
    ...environmentMethods(held),
    ...secretMethods(held),
    ...sharingMethods(held),
    ...leaseMethods(held),
    ...answerMethods(held),
    status: () => statusOf(held),
    // No use of the vault: what looks every few seconds whether something changed must not keep it unlocked.
    revision: () => revisionOf(session),
    prove: async (password) => {
      await held.proved(password);
    },
    // Likewise: an agent that reads files must not keep an idle vault unlocked.
    redact: async (client, texts, credentials = false) => {
      if (held.idle.isDue) held.lock();
      return held.redactor.redact(client, texts, credentials);
    },
    audit: (filter = {}, signal) => readAudit(held.used(), filter, signal),
    lock: async () => held.lock(),
  };
}

async function statusOf(held: HeldVault): Promise<VaultStatus> {
  const { session } = held;
  const { location } = session.deps.store;
  if (session.locked) return { kind: "locked", location };
  const { directory } = await session.account();
  return {
    kind: "unlocked",
    location,
    vaultId: session.vaultId,
    unlockedAt: held.unlockedAt,
    locksAt: held.idle.locksAt,
    profile: session.profile,
    apps: directory.apps.length,
    environments: directory.environments.length,
    ...(await sharedOf(session)),
    pendingApprovals: held.approvals.pending().length,
    approvals: held.approvals.standing().length,
    canaryTrips: [...held.canaries.trips],
  };
}

async function sharedOf(session: Session): Promise<{ readonly shared?: readonly SharedContext[] }> {
  const { directory } = await session.account();
  if (directory.environments.every(({ shared }) => shared === undefined)) return {};
  const others = (await everyEnvironment(session)).filter(({ entry }) => entry.shared !== undefined);
  const shared = others.map(({ context, state }) => ({
    context,
    ...(state === undefined ? {} : { role: state.role }),
  }));
  return { shared };
}

/** Whom a person has invited gets the keys without being asked for again, while this vault is unlocked. */
async function grantInvited(session: Session): Promise<void> {
  if (session.locked || session.deps.store.sharing === undefined) return;
  await catchUp(session).catch(() => {}); // the next time, or who asks for it, finds out why
}
