import type { ManifestHead, Role } from "../formats/manifest-head.ts";
import { LIMITS } from "../limits.ts";
import { Problem } from "../problem.ts";

/**
 * Who may write a manifest is what the one before says (docs/decisions/0016). The server checks it for its own sake:
 * clients check it again, and believe only that.
 */
export function requireAuthority(
  next: ManifestHead,
  before: ManifestHead | undefined,
  owner: string,
  bringsGrants: boolean,
): void {
  if (before === undefined) {
    if (roleIn(next, next.author) !== "admin") throw new Problem("invalid");
  } else {
    const role = roleIn(before, next.author);
    if (role !== "admin" && role !== "writer") throw new Problem("forbidden");
    const changesPeople = !next.people.equals(before.people) || next.epoch !== before.epoch || bringsGrants;
    if (role === "writer" && changesPeople) throw new Problem("forbidden");
    if (next.epoch < before.epoch) throw new Problem("invalid");
  }
  const names = new Set(next.members.map(({ fingerprint }) => fingerprint));
  if (names.size !== next.members.length || names.size > LIMITS.members) throw new Problem("invalid");
  if (next.tokens.length > LIMITS.tokens) throw new Problem("quota_exceeded");
  // Without them nobody could ever change it again, or pay for it.
  if (!names.has(owner) || !next.members.some(({ role }) => role === "admin")) throw new Problem("invalid");
}

function roleIn(head: ManifestHead, fingerprint: string): Role | undefined {
  return head.members.find((member) => member.fingerprint === fingerprint)?.role;
}
