import { equal } from "../crypto/hash.ts";
import { asId } from "../store/store.ts";
import { auditHash, readAuditPlace } from "./audit-entry.ts";
import { AUDIT_SERIES } from "./audit-log.ts";
import { manifestHash } from "./manifest.ts";
import { refuseRollback, rolledBack } from "./rollback.ts";
import { readNewestAccount } from "./vault.ts";
import type { VaultDeps } from "./vault-deps.ts";

/**
 * Refuses with `rolled-back` what is older than this device has seen of the vault, as far as that shows without the
 * password: counters and hashes lie open. An environment that is gone is no sign, since it may have been deleted.
 */
export async function checkRollback(deps: VaultDeps): Promise<void> {
  const { vault } = await readNewestAccount(deps);
  for (const series of await deps.device.seenSeries(vault)) {
    const environment = asId(series);
    if (environment === undefined) continue;
    const seen = await deps.device.seen(vault, series);
    const stored = await deps.store.readManifest(environment);
    if (stored === undefined) continue;
    const { counter, head } = stored;
    refuseRollback(seen, { series, what: "an environment", counter, hash: manifestHash(head) });
  }
  const seen = await deps.device.seen(vault, AUDIT_SERIES);
  if (seen === undefined) return;
  const [last] = await deps.store.readAudit(await deps.device.deviceId(), seen.counter);
  const hash = last && auditHash(readAuditPlace(last).previous, last);
  if (hash === undefined || !equal(hash, Buffer.from(seen.hash, "hex"))) {
    throw rolledBack("the audit log", hash === undefined ? "shorter" : "a different one", seen.counter);
  }
}
