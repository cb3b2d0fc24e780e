import { EventEmitter } from "vscode";
import type { RotationInfo } from "#core/run/rotation/rotation-step.ts";
import type { VaultAccess } from "#core/run/vault-access.ts";
import type { Context, SecretName } from "#core/vault/context.ts";
import type { RotationHolder } from "#mcp/device/rotation-claim.ts";
import type { WindowVault } from "./window-vault.ts";

/** A rotation that has not ended. */
export interface OpenRotation extends RotationInfo {
  /** Another process of this machine is at it: it is neither resumed nor given up here. */
  readonly isElsewhere: boolean;
}

/**
 * Rotations of this window's vault that were begun, have not ended, and are not at work in this window, as they were
 * found last: after an unlock, after a rotation in this window, when another process has ended with one, and whenever
 * the tree reads the vault. A locked vault has none.
 */
export class OpenRotations {
  readonly #vault: Pick<WindowVault, "access" | "onDidChange">;
  readonly #runtime: string;
  readonly #changed = new EventEmitter<void>();
  readonly #watch: { dispose(): void };
  readonly onDidChange = this.#changed.event;
  /** What is rotated here now. */
  readonly #atWork = new Set<string>();
  /** Other processes, by the rotation that they are at. */
  readonly #holders = new Map<string, RotationHolder>();
  #current: readonly OpenRotation[] = [];
  #later: NodeJS.Timeout | undefined;

  /** `runtime` is the folder of sockets, where processes tell each other what they are at. */
  constructor(vault: Pick<WindowVault, "access" | "onDidChange">, runtime: string) {
    this.#vault = vault;
    this.#runtime = runtime;
    this.#watch = vault.onDidChange(({ kind }) => {
      clearTimeout(this.#later);
      if (kind === "unlocked") this.#later = setTimeout(() => void this.look(), SETTLED_MS);
      else {
        this.#letGo();
        this.#become([]);
      }
    });
  }

  get current(): readonly OpenRotation[] {
    return this.#current;
  }

  of(context: Context, name: SecretName): OpenRotation | undefined {
    const { app, environment } = context;
    return this.#current.find(
      (rotation) =>
        rotation.name === name &&
        rotation.contexts.some((each) => each.app === app && each.environment === environment),
    );
  }

  /** Whether a secret of this name is rotated in this window now, in any environment of the app. */
  isAtWork({ app }: Context, name: SecretName): boolean {
    return this.#atWork.has(`${app}/${name}`);
  }

  /** Runs `work`, during which its rotation is not one that was cut off. */
  async during<T>({ app }: Context, name: SecretName, work: () => Promise<T>): Promise<T> {
    const key = `${app}/${name}`;
    this.#atWork.add(key);
    try {
      return await work();
    } finally {
      this.#atWork.delete(key);
      await this.look();
    }
  }

  /** See `ClaimRotation`. */
  readonly claim = async (id: string): Promise<() => Promise<void>> => {
    const { claimRotation } = await import("#mcp/device/rotation-claim.ts");
    return claimRotation(this.#runtime, id);
  };

  /** Of all that have not ended: with those at work in this window, too. */
  async read(access: VaultAccess): Promise<readonly OpenRotation[]> {
    const found = await access.rotations();
    return Promise.all(
      found.map(async (rotation) => ({ ...rotation, isElsewhere: await this.#isElsewhere(rotation) })),
    );
  }

  async look(access: VaultAccess | undefined = this.#vault.access): Promise<void> {
    // A vault that can't be read now says so elsewhere; what was found before stays.
    const found = access && (await this.read(access).catch(() => undefined));
    if (found === undefined || access !== this.#vault.access) return;
    this.#become(found.filter(({ home, name }) => !this.isAtWork(home, name)));
  }

  dispose(): void {
    clearTimeout(this.#later);
    this.#letGo();
    this.#watch.dispose();
    this.#changed.dispose();
  }

  /** Remembers the other process, and looks again when it has ended. */
  async #isElsewhere({ id, home, name }: RotationInfo): Promise<boolean> {
    if (this.isAtWork(home, name)) return false;
    if (this.#holders.has(id)) return true;
    const { holderOf } = await import("#mcp/device/rotation-claim.ts");
    const holder = await holderOf(this.#runtime, id);
    if (holder === undefined) return false;
    // Another look may have been as fast, and the vault may have locked.
    if (this.#holders.has(id) || this.#vault.access === undefined) holder.close();
    else this.#remember(id, holder);
    return true;
  }

  #remember(id: string, holder: RotationHolder): void {
    this.#holders.set(id, holder);
    void holder.ended.then(() => {
      if (this.#holders.get(id) !== holder) return;
      this.#holders.delete(id);
      clearTimeout(this.#later);
      this.#later = setTimeout(() => void this.look(), ENDED_MS);
    });
  }

  #letGo(): void {
    for (const holder of this.#holders.values()) holder.close();
    this.#holders.clear();
  }

  #become(found: readonly OpenRotation[]): void {
    const isSame = JSON.stringify(found) === JSON.stringify(this.#current);
    this.#current = found;
    if (!isSame) this.#changed.fire();
  }
}

/** A look opens every environment, and whoever unlocked is waiting for one. */
const SETTLED_MS = 2000;
/** So that a process which comes and goes makes no loop of looks. */
const ENDED_MS = 200;
