import { type Context, formatContext, type SecretName } from "../vault/context.ts";
import type { ApprovalRequest } from "./vault-access.ts";

/**
 * For whom a write or deletion was approved, so that the audit log names that client and not the owner. A person who
 * writes needs no approval: what nobody approved is theirs.
 */
export class ApprovedWriters {
  readonly #clients = new Map<string, string>();

  note({ action, client, context, names }: ApprovalRequest): void {
    if (action !== "write" && action !== "delete") return;
    for (const name of names) this.#clients.set(`${formatContext(context)}/${name}`, client);
    for (const oldest of this.#clients.keys()) {
      if (this.#clients.size <= MAX_KEPT) break;
      this.#clients.delete(oldest);
    }
  }

  /** Who writes these now; an approval is for one write. */
  take(context: Context, names: readonly SecretName[]): string {
    let client: string | undefined;
    for (const name of names) {
      const key = `${formatContext(context)}/${name}`;
      client ??= this.#clients.get(key);
      this.#clients.delete(key);
    }
    return client ?? "owner";
  }
}

const MAX_KEPT = 1000;
