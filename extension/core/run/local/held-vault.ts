import type { Context, SecretName } from "../../vault/context.ts";
import type { Session } from "../../vault/session.ts";
import { isVaultError } from "../../vault-error.ts";
import { Approvals } from "../approvals.ts";
import { ApprovedWriters } from "../approved-writers.ts";
import { Canaries } from "../canaries.ts";
import { IdleLock } from "../idle-lock.ts";
import type { LocalAccessOptions } from "../local-access.ts";
import { NotedRedactor } from "../noted-redactor.ts";
import { TwoClocks } from "../two-clocks.ts";
import type { LeaseId } from "../vault-access.ts";

/**
 * An unlocked session and what is known beside it: who may do what, what runs now, when it was used. It locks itself
 * when nothing uses it, and when somebody guesses at the master password.
 */
export class HeldVault {
  readonly session: Session;
  readonly options: LocalAccessOptions;
  readonly approvals: Approvals;
  readonly canaries: Canaries;
  readonly writers = new ApprovedWriters();
  readonly redactor: NotedRedactor;
  readonly idle: IdleLock;
  readonly unlockedAt: number;
  /** Runs and shells that have secrets now. */
  readonly leases = new Map<LeaseId, Leased>();
  #wrongPasswords = 0;

  /** `look` is called now and then while the vault is unlocked. */
  constructor(session: Session, options: LocalAccessOptions, look: () => void) {
    this.session = session;
    this.options = options;
    const clocks = new TwoClocks(session.deps.now, options.steady);
    this.approvals = new Approvals(session.deps.now, options.steady);
    this.canaries = new Canaries(session, this.approvals, options.onCanary);
    this.redactor = new NotedRedactor(session, clocks);
    this.unlockedAt = clocks.now();
    this.idle = new IdleLock({
      ...{ clocks, idleMs: options.idleMs, isBusy: () => this.leases.size > 0, look },
      lock: () => this.lock(),
    });
  }

  /** The session, for what counts as a use of the vault. What looks by itself takes `session`, or nothing ever locks. */
  used(): Session {
    if (this.idle.isDue) this.lock();
    else this.idle.used();
    return this.session;
  }

  /** The session, for what takes a person: throws `wrong-password` unless it is the master password. */
  async proved(password: Uint8Array): Promise<Session> {
    try {
      await this.used().prove(password);
      this.#wrongPasswords = 0;
    } catch (error) {
      if (isVaultError(error, "wrong-password")) await this.#countWrong(error.code);
      throw error;
    }
    return this.session;
  }

  lock(): void {
    if (this.session.locked) return;
    this.idle.close();
    this.session.lock();
    this.redactor.close();
    this.approvals.end("all");
    this.options.onLock?.();
  }

  async #countWrong(outcome: string): Promise<void> {
    const body = { actor: "owner", action: "unlock-failed", names: [], outcome } as const;
    if (!this.session.locked) await this.session.audit(body);
    if (++this.#wrongPasswords >= MAX_WRONG_PASSWORDS) this.lock();
  }
}

export interface Leased {
  readonly context: Context;
  readonly names: readonly SecretName[];
  readonly client: string;
}

const MAX_WRONG_PASSWORDS = 5;
