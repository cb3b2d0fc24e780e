import type { AuditRecord } from "../vault-access.ts";

/**
 * What a person should look at. device, client: one that was not seen for 90 days, while others were. hours: a use outside of
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
 * The same records with what is unusual about each. They have to be in the order of time, and go back for LOOK_BACK_MS
 * before those that are wanted: what is unusual about one is told by what came in that time before it.
 */
export function withAnomalies(records: readonly AuditRecord[], rules: AnomalyRules): readonly AuditRecord[] {
  const devices = new Seen();
  const clients = new Seen();
  const bursts = new Bursts();
  const hourOf = rules.hourOf ?? ((time) => new Date(time).getHours());
  return records.map((record) => {
    const { device, actor, action, time } = record;
    if (action === "missing") return { ...record, anomalies: ["missing"] };
    const isUse = USES.has(action);
    const anomalies: Anomaly[] = [];
    if (devices.isNews(device, time)) anomalies.push("device");
    if (actor !== "owner" && actor !== "" && clients.isNews(unversioned(actor), time)) anomalies.push("client");
    if (isUse && rules.hours !== undefined && !isWithin(rules.hours, hourOf(time))) anomalies.push("hours");
    if (action === "canary") anomalies.push("decoy");
    if (isUse && bursts.isOne(`${device} ${unversioned(actor)}`, time)) anomalies.push("burst");
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

/** When each was seen last. One of which nothing was seen for long is news, unless nothing was seen of any other. */
class Seen {
  readonly #last = new Map<string, number>();

  isNews(one: string, time: number): boolean {
    const isRecent = (last: number | undefined): boolean => last !== undefined && time - last < LOOK_BACK_MS;
    const isKnown = isRecent(this.#last.get(one));
    const isNews = !isKnown && [...this.#last].some(([other, last]) => other !== one && isRecent(last));
    this.#last.set(one, time);
    return isNews;
  }
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

export const LOOK_BACK_MS = 90 * 86_400_000;
export const BURST_USES = 30;
export const BURST_MS = 60_000;
