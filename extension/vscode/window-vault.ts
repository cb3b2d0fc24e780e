import type { AlarmNotice, CanaryTrip, VaultAccess } from "#core/run/vault-access.ts";
import type { LinkNews } from "#core/store/remote/remote-link.ts";
import type { Session } from "#core/vault/session.ts";
import type { VaultDeps } from "#core/vault/vault-deps.ts";
import type { ThisProcess } from "#mcp/device/this-process.ts";
import { announceWrites } from "./announce-writes.ts";

export type WindowState =
  | { readonly kind: "absent" }
  | { readonly kind: "locked" }
  | { readonly kind: "unlocked"; readonly access: VaultAccess };

export interface WindowVaultOptions {
  /** ms without a use after which the vault locks; asked for at each unlock. */
  idleMs(): number;
  readonly onCanary: (trip: CanaryTrip) => void;
  readonly onAlarm: (notice: AlarmNotice) => void;
  /** What calls to the server tell of it, where the vault is on one. */
  readonly onServer: (news: LinkNews) => void;
}

type Listener = (state: WindowState) => void;

/**
 * The vault of this window: absent, locked or unlocked. The code that opens it is loaded with the first unlock, so
 * that a window which never needs a secret pays nothing for it.
 */
export class WindowVault {
  readonly #own: ThisProcess;
  readonly #options: WindowVaultOptions;
  readonly #listeners = new Set<Listener>();
  readonly #writeListeners = new Set<() => void>();
  #state: WindowState = { kind: "locked" };
  #wasLookedAt = false;
  #warmedUp: Promise<void> | undefined;

  constructor(own: ThisProcess, options: WindowVaultOptions) {
    this.#own = own;
    this.#options = options;
  }

  get state(): WindowState {
    return this.#state;
  }

  /** The unlocked vault, or undefined. */
  get access(): VaultAccess | undefined {
    return this.#state.kind === "unlocked" ? this.#state.access : undefined;
  }

  onDidChange(listener: Listener): { dispose(): void } {
    this.#listeners.add(listener);
    return { dispose: () => this.#listeners.delete(listener) };
  }

  /** Tells when what this window holds may have been written by anybody who uses it through this window. */
  onDidWrite(listener: () => void): { dispose(): void } {
    this.#writeListeners.add(listener);
    return { dispose: () => this.#writeListeners.delete(listener) };
  }

  /** Looks whether there is a vault. Another program may have made one, or taken it away. */
  async refresh(): Promise<WindowState> {
    if (this.#state.kind === "unlocked") return this.#state;
    const { hasVault } = await import("#mcp/device/this-vault.ts");
    const kind = (await hasVault(this.#own.paths)) ? "locked" : "absent";
    // An unlock may have ended while the disk was read.
    if (this.access === undefined && (!this.#wasLookedAt || kind !== this.#state.kind)) this.#become({ kind });
    return this.#state;
  }

  /** Loads the code of an unlock, a little at a time: begun while the person types, it is there when they have. */
  async prepare(): Promise<void> {
    await import("#core/vault/vault.ts");
    await import("#core/run/local-access.ts");
    const { warmUp } = await import("#core/crypto/warm-up.ts");
    this.#warmedUp ??= warmUp();
    await this.#warmedUp;
  }

  /** Refuses with `wrong-password`. The caller wipes the password. */
  async unlock(password: Uint8Array): Promise<VaultAccess> {
    const { unlockVault } = await import("#core/vault/vault.ts");
    return this.#hold(await unlockVault(await this.#deps(), password));
  }

  /** Makes a vault, and resolves with its recovery code, which is shown once and stored nowhere. */
  async create(password: Uint8Array): Promise<string> {
    const { createVault } = await import("#core/vault/vault.ts");
    const { session, recoveryCode } = await createVault(await this.#deps(), password);
    await this.#hold(session);
    return recoveryCode;
  }

  /** Sets a new master password by the recovery code, and resolves with the code that replaces it. */
  async recover(code: string, password: Uint8Array): Promise<string> {
    const { recoverVault } = await import("#core/vault/vault.ts");
    const { session, recoveryCode } = await recoverVault(await this.#deps(), code, password);
    await this.#hold(session);
    return recoveryCode;
  }

  /** Refuses with `wrong-password`. What is unlocked stays unlocked. */
  async changePassword(old: Uint8Array, next: Uint8Array): Promise<void> {
    const { unlockVault } = await import("#core/vault/vault.ts");
    const session = await unlockVault(await this.#deps(), old);
    try {
      await session.changePassword(old, next);
    } finally {
      session.lock();
    }
  }

  async lock(): Promise<void> {
    await this.access?.lock();
  }

  async #hold(session: Session): Promise<VaultAccess> {
    await this.lock();
    const { localAccess } = await import("#core/run/local-access.ts");
    const local = localAccess(session, {
      idleMs: this.#options.idleMs(),
      onLock: () => {
        if (this.access === access) this.#become({ kind: "locked" });
      },
      onCanary: this.#options.onCanary,
      onAlarm: this.#options.onAlarm,
    });
    const access = announceWrites(local, () => {
      for (const listener of this.#writeListeners) listener();
    });
    this.#become({ kind: "unlocked", access });
    return access;
  }

  async #deps(): Promise<VaultDeps> {
    const { thisVault } = await import("#mcp/device/this-vault.ts");
    return thisVault(this.#own.paths, this.#options.onServer);
  }

  #become(state: WindowState): void {
    this.#wasLookedAt = true;
    this.#state = state;
    for (const listener of this.#listeners) listener(state);
  }
}
