import type { Id, MemberDevice } from "../store/store.ts";
import { everyEnvironment } from "./every-environment.ts";
import type { AuditHead } from "./manifest.ts";
import type { Session } from "./session.ts";
import { shownAs } from "./sharing/people.ts";

/** What the audit log is read from and held against, beside this account's own chains. */
export interface AuditSources {
  /** The furthest end of each device's chain that a verified manifest of any environment names. */
  readonly published: readonly AuditHead[];
  /** Chains of other members of shared environments. */
  readonly others: readonly MemberDevice[];
  /** What this account calls them, by account. */
  readonly names: ReadonlyMap<Id, string>;
}

export async function auditSources(session: Session): Promise<AuditSources> {
  const furthest = new Map<Id, AuditHead>();
  const others = new Map<string, MemberDevice>();
  const fingerprints = new Set<string>();
  const { sharing } = session.deps.store;
  for (const { entry, state } of await everyEnvironment(session)) {
    for (const end of state?.head.auditHeads ?? []) {
      if (end.seq > (furthest.get(end.device)?.seq ?? 0)) furthest.set(end.device, end);
    }
    const members = state?.head.members ?? [];
    if (sharing === undefined || members.length < 2) continue;
    for (const { fingerprint } of members) fingerprints.add(Buffer.from(fingerprint).toString("hex"));
    for (const chain of await sharing.memberDevices(entry.id)) others.set(`${chain.account}/${chain.device}`, chain);
  }
  const { directory } = await session.account();
  const people = (await sharing?.identities([...fingerprints])) ?? new Map<string, { readonly account: Id }>();
  const names = new Map([...people].map(([name, { account }]) => [account, shownAs(directory, name)]));
  return { published: [...furthest.values()], others: [...others.values()], names };
}
