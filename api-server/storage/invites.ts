import { equal, sha256 } from "#core/crypto/hash.ts";
import { LIMITS } from "../limits.ts";
import { Problem } from "../problem.ts";
import type { Tx } from "./schema.ts";

export interface NewInvite {
  readonly id: string;
  readonly account: string;
  /** SHA-256 of the proof. */
  readonly verifier: Uint8Array;
  readonly offer: Uint8Array;
  readonly expiresAt: number;
}

/** False = this very invite was made before, and the answer was lost. Refuses an id that another one has. */
export async function addInvite(tx: Tx, invite: NewInvite, time: number): Promise<boolean> {
  const before = await tx.selectFrom("invites").selectAll().where("id", "=", invite.id).executeTakeFirst();
  if (before !== undefined) {
    const isSame =
      before.account === invite.account &&
      before.expires_at === invite.expiresAt &&
      equal(before.verifier, invite.verifier) &&
      equal(before.offer, invite.offer);
    if (!isSame) throw new Problem("conflict");
    return false;
  }
  await tx.deleteFrom("invites").where("account", "=", invite.account).where("expires_at", "<", time).execute();
  const { count } = await tx
    .selectFrom("invites")
    .select((eb) => eb.fn.countAll<number>().as("count"))
    .where("account", "=", invite.account)
    .executeTakeFirstOrThrow();
  if (Number(count) >= LIMITS.invites) throw new Problem("quota_exceeded");
  const added = await tx
    .insertInto("invites")
    .values({
      ...{ id: invite.id, account: invite.account, verifier: invite.verifier, offer: invite.offer },
      ...{ expires_at: invite.expiresAt, registered: null, accepted_by: null, mac: null },
    })
    .onConflict((conflict) => conflict.column("id").doNothing())
    .returning("id")
    .execute();
  if (added.length === 0) throw new Problem("conflict");
  return true;
}

/** An invite that is open to who has its proof. Unknown, over, wrong: one answer. */
export async function openInvite(tx: Tx, id: string, proof: Uint8Array, time: number) {
  const row = await tx.selectFrom("invites").selectAll().where("id", "=", id).executeTakeFirst();
  const isRight = row !== undefined && row.expires_at > time && equal(sha256(proof), row.verifier);
  if (!isRight) throw new Problem("unauthorized");
  return row;
}

/** One account may come in by an invite; the same one again is no error. */
export async function registerBy(tx: Tx, id: string, proof: Uint8Array, account: string, time: number): Promise<void> {
  await openInvite(tx, id, proof, time);
  const taken = await tx
    .updateTable("invites")
    .set({ registered: account })
    .where("id", "=", id)
    .where((eb) => eb.or([eb("registered", "is", null), eb("registered", "=", account)]))
    .returning("id")
    .execute();
  if (taken.length === 0) throw new Problem("unauthorized");
}

/** Single use: whoever is first. The same account with the same MAC again is no error. */
export async function acceptInvite(
  tx: Tx,
  id: string,
  proof: Uint8Array,
  accepted: { readonly account: string; readonly mac: Uint8Array },
  time: number,
): Promise<string> {
  const invite = await openInvite(tx, id, proof, time);
  if (invite.account === accepted.account) throw new Problem("invalid");
  const taken = await tx
    .updateTable("invites")
    .set({ accepted_by: accepted.account, mac: accepted.mac })
    .where("id", "=", id)
    .where("accepted_by", "is", null)
    .returning("id")
    .execute();
  const isSame = invite.accepted_by === accepted.account && invite.mac !== null && equal(invite.mac, accepted.mac);
  if (taken.length === 0 && !isSame) throw new Problem("unauthorized");
  return invite.account;
}

export async function listInvites(tx: Tx, account: string) {
  return tx
    .selectFrom("invites")
    .leftJoin("accounts", "accounts.id", "invites.accepted_by")
    .select(["invites.id", "invites.expires_at", "invites.offer", "invites.accepted_by", "invites.mac"])
    .select("accounts.fingerprint")
    .where("invites.account", "=", account)
    .orderBy("invites.id")
    .limit(LIMITS.page)
    .execute();
}

export async function deleteInvite(tx: Tx, account: string, id: string): Promise<boolean> {
  const deleted = await tx
    .deleteFrom("invites")
    .where("id", "=", id)
    .where("account", "=", account)
    .returning("id")
    .execute();
  return deleted.length > 0;
}
