import { EventEmitter } from "vscode";
import type { RotationInfo } from "#core/run/rotation/rotation-step.ts";
import type { VaultAccess } from "#core/run/vault-access.ts";
import type { Context, SecretName } from "#core/vault/context.ts";
import type { WindowVault } from "./window-vault.ts";

/**
 * Rotations of this window's vault that were begun, have not ended, and are not at work in this window, as they were
 * found last: after an unlock, after a rotation in this window, and whenever the tree reads the vault. A locked vault
 * has none.
 */
export class OpenRotations {
  readonly #vault: Pick<WindowVault, "access" | "onDidChange">;
  readonly #changed = new EventEmitter<void>();
  readonly #watch: { dispose(): void };
  readonly onDidChange = this.#changed.event;
  /** What is rotated here now. */
  readonly #atWork = new Set<string>();
  #current: readonly RotationInfo[] = [];
  #later: NodeJS.Timeout | undefined;

  constructor(vault: Pick<WindowVault, "access" | "onDidChange">) {
    this.#vault = vault;
    this.#watch = vault.onDidChange(({ kind }) => {
      clearTimeout(this.#later);
      if (kind === "unlocked") this.#later = setTimeout(() => void this.look(), SETTLED_MS);
      else this.#become([]);
    });
  }

  get current(): readonly RotationInfo[] {
    return this.#current;
  }

  of(context: Context, name: SecretName): RotationInfo | undefined {
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

  async look(access: VaultAccess | undefined = this.#vault.access): Promise<void> {
    // A vault that can't be read now says so elsewhere; what was found before stays.
    const found = await access?.rotations().catch(() => undefined);
    if (found === undefined || access !== this.#vault.access) return;
    this.#become(found.filter(({ home, name }) => !this.isAtWork(home, name)));
  }

  dispose(): void {
    clearTimeout(this.#later);
    this.#watch.dispose();
    this.#changed.dispose();
  }

  #become(found: readonly RotationInfo[]): void {
    const isSame = JSON.stringify(found) === JSON.stringify(this.#current);
    this.#current = found;
    if (!isSame) this.#changed.fire();
  }
}

/** A look opens every environment, and whoever unlocked is waiting for one. */
const SETTLED_MS = 2000;
