import type { AuditRecord } from "../vault-access.ts";

/**
 * What a person should look at. device, client: the first use by one that the log doesn't know. hours: a use outside of
 * the usual ones. decoy: somebody wanted a secret that nobody has a reason to use. burst: very many uses at once.
 * missing: entries that a device had written are not there.
 */
export type Anomaly = "device" | "client" | "hours" | "decoy" | "burst" | "missing";

export interface AnomalyRules {
  /** Hours of the day in which uses are usual, of local time: from the first, until before the second. */
  readonly hours?: { readonly from: number; readonly to: number };
  /** Left out, the hour of this machine's time zone. */
  readonly hourOf?: (time: number) => number;
}

/**
 * The same records with what is unusual about each. They have to be all of the log, by time: a first use can't be told
 * from a part of it. The first device and the first client of all are no news.
 */
export function withAnomalies(records: readonly AuditRecord[], rules: AnomalyRules): readonly AuditRecord[] {
  const devices = new Set<string>();
  const clients = new Set<string>();
  const bursts = new Bursts();
  const hourOf = rules.hourOf ?? ((time) => new Date(time).getHours());
  return records.map((record) => {
    const { device, actor, action, time } = record;
    const isUse = USES.has(action);
    const anomalies: Anomaly[] = [];
    if (isNew(devices, device) && devices.size > 1) anomalies.push("device");
    if (actor !== "owner" && actor !== "" && isNew(clients, unversioned(actor)) && clients.size > 1) {
      anomalies.push("client");
    }
    if (isUse && rules.hours !== undefined && !isWithin(rules.hours, hourOf(time))) anomalies.push("hours");
    if (action === "canary") anomalies.push("decoy");
    if (isUse && bursts.isOne(`${device} ${unversioned(actor)}`, time)) anomalies.push("burst");
    if (action === "missing") anomalies.push("missing");
    return anomalies.length === 0 ? record : { ...record, anomalies };
  });
}

/** What takes values out of the vault, or tries to. */
const USES: ReadonlySet<string> = new Set(["run", "shell", "reveal", "copy", "export", "compare", "rotate", "canary"]);

/** A window may go over midnight; the same hour twice is all day. */
function isWithin({ from, to }: { readonly from: number; readonly to: number }, hour: number): boolean {
  return from < to ? hour >= from && hour < to : hour >= from || hour < to;
}

/** "claude-code 2.1" and "claude-code 2.2" are one client. */
function unversioned(actor: string): string {
  return actor.replace(/\s+v?\d[\w.+-]*$/, "").toLowerCase();
}

function isNew(known: Set<string>, one: string): boolean {
  if (known.has(one)) return false;
  known.add(one);
  return true;
}

/** Many uses by the same client on one device within a minute; the counting then starts again. */
class Bursts {
  readonly #times = new Map<string, number[]>();

  isOne(who: string, time: number): boolean {
    const recent = (this.#times.get(who) ?? []).filter((other) => time - other < BURST_MS);
    recent.push(time);
    const isBurst = recent.length >= BURST_USES;
    this.#times.set(who, isBurst ? [] : recent);
    return isBurst;
  }
}

export const BURST_USES = 30;
export const BURST_MS = 60_000;
