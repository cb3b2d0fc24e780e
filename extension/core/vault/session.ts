import type { KdfProfile } from "../crypto/passphrase-key.ts";
import type { Id } from "../store/store.ts";
import { VaultError } from "../vault-error.ts";
import type { Account } from "./account.ts";
import { newRecoveryCode, passwordProfile, replacePassword, requirePassword } from "./account-slots.ts";
import type { AuditBody } from "./audit-entry.ts";
import { AuditLog, type VerifiedEntry, type VerifiedLog } from "./audit-log.ts";
import { auditSources } from "./audit-sources.ts";
import { type Context, formatContext } from "./context.ts";
import { type EnvironmentEntry, findEnvironment } from "./directory.ts";
import type { AuditHead } from "./manifest.ts";
import { type OpenAccount, vaultLocked } from "./open-account.ts";
import { OpenEnvironment } from "./open-environment.ts";
import type { VaultDeps } from "./vault-deps.ts";

/**
 * An unlocked vault: its account, its environments, its audit log. What can be done with them stands in `apps.ts`,
 * `secret-list.ts`, `secret-read.ts` and `secret-write.ts`. After `lock`, every call is refused with `vault-locked`.
 */
export class Session {
  readonly deps: VaultDeps;
  readonly #account: OpenAccount;
  readonly #log: AuditLog;
  readonly #environments = new Map<string, OpenEnvironment>();
  #locked = false;

  constructor(deps: VaultDeps, account: OpenAccount) {
    this.deps = deps;
    this.#account = account;
    this.#log = new AuditLog(deps, account);
  }

  get vaultId(): Id {
    return this.#account.current.vault;
  }

  /** The Argon2id profile of the password slot. */
  get profile(): KdfProfile {
    return passwordProfile(this.#account.current.slots);
  }

  /** The newest account that the store holds. */
  async account(): Promise<Account> {
    this.#alive();
    return this.#account.refresh();
  }

  async changeAccount(edit: (account: Account) => Account | Promise<Account>): Promise<void> {
    this.#alive();
    await this.#account.change(edit);
  }

  /** Refuses with `context-not-found`. */
  async environment(context: Context): Promise<OpenEnvironment> {
    const { directory } = await this.account();
    const entry = findEnvironment(directory, context);
    if (entry === undefined) throw contextNotFound(formatContext(context));
    const known = this.#environments.get(entry.id);
    if (known !== undefined) return known;
    const opened = this.newEnvironment(entry, context);
    this.#environments.set(entry.id, opened);
    return opened;
  }

  /** An environment that the account doesn't name yet; `firstKey` is its key. The caller wipes it. */
  newEnvironment(entry: EnvironmentEntry, context: Context, firstKey?: Uint8Array): OpenEnvironment {
    this.#alive();
    return new OpenEnvironment(this.deps, this.#account, this.#log, entry, context, firstKey);
  }

  closeEnvironment(entry: EnvironmentEntry): void {
    this.#environments.get(entry.id)?.wipe();
    this.#environments.delete(entry.id);
  }

  /** Appends to this device's audit chain; with a context, encrypted under that environment's key. */
  async audit(body: Omit<AuditBody, "context">, context?: Context): Promise<void> {
    this.#alive();
    if (context === undefined) {
      // A token has no key of its own that anybody else could read its entries by.
      const of = contextOfToken(await this.account());
      return of === undefined ? this.#log.append(body) : this.audit(body, of);
    }
    const environment = await this.environment(context);
    const { head } = await environment.load();
    await this.#log.append(
      { ...body, context: formatContext(context) },
      { environment: environment.entry.id, epoch: head.epoch },
    );
  }

  /** Every device's entries, oldest first; `last` at most of this device, and of those whose end is `published`. */
  async auditEntries(last?: number, published: readonly AuditHead[] = []): Promise<readonly VerifiedEntry[]> {
    await this.account();
    return (await this.#log.read({ published, ...(last === undefined ? {} : { last }) })).entries;
  }

  /** With those of other members, held against the ends of chains that the manifests of all environments name. */
  async auditLog(
    wanted: { readonly last?: number; readonly since?: number } = {},
    signal?: AbortSignal,
  ): Promise<VerifiedLog> {
    // Manifests before chains: a chain may only have become longer.
    const { names, ...sources } = await auditSources(this);
    const { entries, missing } = await this.#log.read({ ...wanted, ...sources }, signal);
    return {
      missing,
      entries: entries.map((entry) => {
        const { account } = entry;
        return account === undefined ? entry : { ...entry, member: names.get(account) ?? account.slice(0, 8) };
      }),
    };
  }

  /** Throws `wrong-password` unless it is the master password. */
  async prove(password: Uint8Array): Promise<void> {
    const account = await this.account();
    if (account.directory.token !== undefined) throw noPerson();
    await requirePassword(account, password);
  }

  /** One write: the new slot replaces the old one, and no secret is touched. */
  async changePassword(old: Uint8Array, next: Uint8Array, profile?: KdfProfile): Promise<void> {
    await this.changeAccount((account) => replacePassword(account, this.#account.key, old, next, profile));
    await this.audit({ actor: "owner", action: "change-password", names: [], outcome: "ok" });
  }

  /**
   * Replaces the recovery code, by a new one or by the bytes that are given, and returns it: it is shown once and stored
   * nowhere. The old one opens nothing any more.
   */
  async newRecoveryCode(password: Uint8Array, given?: Uint8Array): Promise<string> {
    let code = "";
    await this.changeAccount(async (account) => {
      const replaced = await newRecoveryCode(account, this.#account.key, password, given);
      code = replaced.code;
      return replaced.account;
    });
    await this.audit({ actor: "owner", action: "recovery-code", names: [], outcome: "ok" });
    return code;
  }

  get locked(): boolean {
    return this.#locked;
  }

  /** Overwrites every key. Nothing can be read afterwards. */
  lock(): void {
    if (this.#locked) return;
    this.#locked = true;
    for (const environment of this.#environments.values()) environment.wipe();
    this.#environments.clear();
    this.#account.wipe();
  }

  #alive(): void {
    if (this.#locked) throw vaultLocked();
  }
}

function contextOfToken({ directory }: Account): Context | undefined {
  const [first] = directory.environments;
  const app = directory.apps.find(({ id }) => id === first?.app);
  return directory.token === undefined || app === undefined ? undefined : { app: app.name, environment: first!.name };
}

function noPerson(): VaultError {
  return new VaultError(
    "person-required",
    "That takes a person's master password, and this is a token's session. Use a person's vault for it: unset OV_TOKEN.",
  );
}

export function contextNotFound(name: string): VaultError {
  return new VaultError(
    "context-not-found",
    `There is no ${name} in this vault. See "ov env list", or make it with "ov env create".`,
  );
}
