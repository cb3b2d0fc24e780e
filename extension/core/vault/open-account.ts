import { randomInt } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import { sha256 } from "../crypto/hash.ts";
import { wipe } from "../crypto/wipe.ts";
import type { Id, Store } from "../store/store.ts";
import { isVaultError, VaultError } from "../vault-error.ts";
import { type Account, keyName, openAccount, readSealedAccount, type SealedAccount, sealAccount } from "./account.ts";
import { type Found, refuseRollback, rememberSeen } from "./rollback.ts";
import type { VaultDeps } from "./vault-deps.ts";
import { damaged } from "./wire.ts";

/** The account of an unlocked vault: always the newest that the store holds, and changed by compare-and-swap. */
export class OpenAccount {
  readonly #deps: VaultDeps;
  readonly #ak: Buffer;
  #sealed: SealedAccount;
  #account: Account;
  readonly #replaced: Account[] = [];
  #wiped = false;

  private constructor(deps: VaultDeps, ak: Buffer, sealed: SealedAccount, account: Account) {
    this.#deps = deps;
    this.#ak = ak;
    this.#sealed = sealed;
    this.#account = account;
  }

  /** Takes over `ak`, and wipes it when it can't be used. */
  static async open(deps: VaultDeps, ak: Buffer, sealed: SealedAccount): Promise<OpenAccount> {
    try {
      const opened = new OpenAccount(deps, ak, sealed, openAccount(ak, sealed));
      await rememberSeen(deps.device, sealed.vault, foundAccount(sealed));
      return opened;
    } catch (error) {
      wipe(ak);
      throw error;
    }
  }

  get current(): Account {
    return this.#account;
  }

  /** The account key; a view that the caller must not keep. */
  get key(): Buffer {
    return this.#ak;
  }

  /** Reads the account again if another process has written it. */
  async refresh(): Promise<Account> {
    const seen = await this.#deps.device.seen(this.#sealed.vault, ACCOUNT_SERIES);
    const stored = await this.#deps.store.readAccount();
    this.requireOpen();
    if (stored === undefined) {
      throw new VaultError("vault-absent", `The vault in ${this.#deps.store.location} is gone.`);
    }
    const same = stored.counter === this.#sealed.counter;
    const sealed = same ? this.#sealed : readSealedAccount(stored.bytes);
    if (sealed.vault !== this.#sealed.vault || sealed.counter !== stored.counter)
      throw damaged("The vault's account file");
    const found = foundAccount(sealed);
    refuseRollback(seen, found);
    // Another call of this process may have gone further while this one was reading: then that one's stays.
    if (sealed.counter > this.#sealed.counter) {
      this.#replace(sealed, openAccount(this.#ak, sealed));
      await rememberSeen(this.#deps.device, sealed.vault, found);
    }
    return this.#account;
  }

  /** Applies a change to the newest account; after a lost race, to the newer one. `edit` throws to refuse. */
  async change(edit: (account: Account) => Account | Promise<Account>): Promise<void> {
    await retryConflicts(this.#deps.store, async () => {
      const account = await this.refresh();
      const { counter, bytes } = this.#sealed;
      const edited = await edit(account);
      // From here to the write nothing waits: a lock in between would seal the account with wiped keys.
      this.requireOpen();
      const written = readSealedAccount(sealAccount(this.#ak, edited, counter + 1, bytes));
      await this.#deps.store.writeAccount(counter, written.bytes, edited.login);
      if (edited.login?.proof !== undefined) wipe(edited.login.proof);
      this.#replace(written, openAccount(this.#ak, written));
      await rememberSeen(this.#deps.device, written.vault, foundAccount(written));
    });
  }

  /** The key of an environment's epoch, or `vault-damaged`. Lives until the next change or `wipe`. */
  environmentKey(environment: Id, epoch: number): Buffer {
    const key = this.#account.keys.get(keyName(environment, epoch));
    if (key === undefined) throw damaged("An environment's key");
    return key;
  }

  /** Throws `vault-locked` once the keys are wiped: whoever seals something asks right before, after the last wait. */
  requireOpen(): void {
    if (this.#wiped) throw vaultLocked();
  }

  wipe(): void {
    this.#wiped = true;
    wipe(this.#ak);
    for (const account of [this.#account, ...this.#replaced]) wipeAccount(account);
    this.#replaced.length = 0;
  }

  /** An earlier account may still be in the hands of an edit, so its keys are wiped with the newest one's. */
  #replace(sealed: SealedAccount, account: Account): void {
    this.#replaced.push(this.#account);
    this.#sealed = sealed;
    this.#account = account;
  }
}

/** What a device files the account's counters under. */
export const ACCOUNT_SERIES = "account";

export function vaultLocked(): VaultError {
  return new VaultError("vault-locked", 'The vault is locked. Have a person run "ov unlock" in a terminal.');
}

export function foundAccount(sealed: SealedAccount): Found {
  return { series: ACCOUNT_SERIES, what: "the account file", counter: sealed.counter, hash: sha256(sealed.bytes) };
}

/**
 * Runs a compare-and-swap again after each lost race, with a short random pause; gives up with `vault-conflict`. The
 * limit is a time, since a writer that others keep overtaking loses often, and not for long; or a number, where the
 * store wants one: then the pauses grow, so that those who race get out of each other's way.
 */
export async function retryConflicts<T>(store: Store, attempt: () => Promise<T>): Promise<T> {
  const giveUp = performance.now() + CONFLICT_MS;
  const most = store.conflictTries ?? Number.POSITIVE_INFINITY;
  for (let tries = 1; ; tries++) {
    try {
      return await attempt();
    } catch (error) {
      if (!isVaultError(error, "vault-conflict")) throw error;
      if (performance.now() > giveUp || tries >= most) {
        throw new VaultError("vault-conflict", "Other programs kept changing the vault at the same time. Try again.", {
          cause: error,
        });
      }
      await sleep(randomInt(0, most === Number.POSITIVE_INFINITY ? 8 : 50 * 2 ** tries));
    }
  }
}

const CONFLICT_MS = 20_000;

function wipeAccount(account: Account): void {
  wipe(account.seeds.sign, account.seeds.kem, ...account.keys.values());
}
