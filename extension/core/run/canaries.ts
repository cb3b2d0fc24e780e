import { type Context, formatContext, type SecretName } from "../vault/context.ts";
import { secretMetas } from "../vault/secret-list.ts";
import type { Session } from "../vault/session.ts";
import { isVaultError, VaultError } from "../vault-error.ts";
import type { Approvals } from "./approvals.ts";
import type { CanaryTrip } from "./vault-access.ts";

/**
 * Decoys of one unlocked session. Each use of one is refused, kept in the audit log and told to `onTrip` at once; and
 * since somebody is there who should not be, nothing stays approved.
 */
export class Canaries {
  readonly trips: CanaryTrip[] = [];
  readonly #session: Session;
  readonly #approvals: Approvals;
  readonly #onTrip: ((trip: CanaryTrip) => void) | undefined;

  constructor(session: Session, approvals: Approvals, onTrip: ((trip: CanaryTrip) => void) | undefined) {
    this.#session = session;
    this.#approvals = approvals;
    this.#onTrip = onTrip;
  }

  /** Refuses with `denied-by-policy` if one of the names is a decoy. Names that don't exist are none. */
  async refuse(names: readonly SecretName[], use: Omit<CanaryTrip, "time" | "names">): Promise<void> {
    const found = (await this.#decoysOf(use.context)).filter((name) => names.includes(name));
    if (found.length > 0) throw await this.tripped({ ...use, names: found });
  }

  async tripped(use: Omit<CanaryTrip, "time">): Promise<VaultError> {
    const trip = { ...use, time: this.#session.deps.now() };
    this.trips.push(trip);
    if (this.trips.length > MAX_KEPT) this.trips.shift();
    this.#approvals.end("all");
    this.#onTrip?.(trip);
    const { client, action, context, names } = trip;
    await this.#session.audit({ actor: client, action: "canary", names, outcome: `refused: ${action}` }, context);
    return new VaultError(
      "denied-by-policy",
      `${names.join(", ")} of ${formatContext(context)} is there to show misuse, and nothing may use it. This try was recorded, and every approval has ended. Leave it out, and tell a person why it was wanted.`,
    );
  }

  async #decoysOf(context: Context): Promise<readonly SecretName[]> {
    try {
      const metas = await secretMetas(this.#session, context);
      return metas.filter((meta) => meta.canary).map((meta) => meta.name);
    } catch (error) {
      if (isVaultError(error, "context-not-found")) return [];
      throw error;
    }
  }
}

const MAX_KEPT = 100;
