import { VaultError } from "../vault-error.ts";
import type { ManifestHead, Member, Role } from "./manifest.ts";

/** The role that a manifest gives to an account; undefined = it is no member. */
export function roleOf(head: ManifestHead, fingerprint: Uint8Array): Role | undefined {
  return head.members.find((member) => isOf(member, fingerprint))?.role;
}

/** Fingerprints (hex) of the admins. */
export function adminsOf(head: ManifestHead): readonly string[] {
  return head.members.filter(({ role }) => role === "admin").map(({ fingerprint }) => hex(fingerprint));
}

/**
 * Refuses a manifest whose author the one before does not permit to write it (docs/decisions/0016). A server that lets
 * a reader write, or a writer add a member, is found out here, by every client.
 */
export function refuseBreach(before: ManifestHead, next: ManifestHead, what: string): void {
  const role = roleOf(before, next.author);
  if (role !== "admin" && role !== "writer") throw breach(what, "by somebody who may not write it");
  if (role === "writer" && !isSameForWriters(before, next)) throw breach(what, "by a writer who changed who is in it");
  if (next.epoch !== before.epoch && next.epoch !== before.epoch + 1) throw breach(what, "under keys out of order");
}

/** What holds of every manifest, whoever wrote it: an admin is left, the owner is in it, and nobody is in it twice. */
export function refuseOddMembers(head: ManifestHead, owner: Uint8Array, what: string): void {
  const names = new Set(head.members.map(({ fingerprint }) => hex(fingerprint)));
  if (names.size !== head.members.length) throw breach(what, "with a member twice");
  if (!names.has(hex(owner)) || adminsOf(head).length === 0) throw breach(what, "without its owner or an admin");
}

export function isOf({ fingerprint }: Member, other: Uint8Array): boolean {
  return Buffer.from(other).equals(fingerprint);
}

function isSameForWriters(before: ManifestHead, next: ManifestHead): boolean {
  const people = ({ epoch, minProfile, members, tokens }: ManifestHead): string =>
    JSON.stringify([
      ...[epoch, minProfile],
      members.map(({ fingerprint, role }) => [hex(fingerprint), role]),
      tokens.map(({ id, publicKeyHash, expires }) => [id, hex(publicKeyHash), expires]),
    ]);
  return people(before) === people(next);
}

function breach(what: string, how: string): VaultError {
  return new VaultError(
    "vault-damaged",
    `The newest state of ${what} was written ${how}, and the server took it. Nothing of it was used. Tell its admins, and the one who runs the server.`,
  );
}

function hex(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString("hex");
}
