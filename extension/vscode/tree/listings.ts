import type { AppInfo, SecretInfo, VaultAccess } from "#core/run/vault-access.ts";
import { type Context, formatContext } from "#core/vault/context.ts";

/**
 * The listings of one look at a vault. A large environment takes longer than a click may, so it is listed ahead; a
 * click meanwhile waits for that listing, and begins no second one.
 */
export class Listings {
  readonly #access: VaultAccess;
  readonly #underWay = new Map<string, Promise<readonly SecretInfo[]>>();

  constructor(access: VaultAccess) {
    this.#access = access;
  }

  list(context: Context): Promise<readonly SecretInfo[]> {
    const label = formatContext(context);
    let listing = this.#underWay.get(label);
    if (listing === undefined) {
      listing = this.#access.list(context).finally(() => this.#underWay.delete(label));
      this.#underWay.set(label, listing);
    }
    return listing;
  }

  /** One after another, the largest first; ends where one fails, as all do once the vault is locked. */
  async listAhead(apps: readonly AppInfo[]): Promise<void> {
    let left = MOST_AHEAD;
    for (const { context, secrets } of largestFirst(apps)) {
      if (secrets < LARGE || secrets > left) continue;
      left -= secrets;
      await this.list(context);
    }
  }
}

const LARGE = 500;
/** For more, time and memory would be spent on what may never be opened. */
const MOST_AHEAD = 20_000;

function largestFirst(apps: readonly AppInfo[]) {
  const all = apps.flatMap(({ app, environments }) =>
    environments.map(({ environment, secrets }) => ({ context: { app, environment }, secrets })),
  );
  return all.sort((a, b) => b.secrets - a.secrets);
}
