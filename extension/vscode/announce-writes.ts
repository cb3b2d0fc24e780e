import type { VaultAccess } from "#core/run/vault-access.ts";

/** The same vault, which tells when a call may have changed what it holds. Whoever in this window writes uses it. */
export function announceWrites(access: VaultAccess, wrote: () => void): VaultAccess {
  const methods = Object.entries(WRITES).map(([name, writes]) => {
    // The table has the names of the interface's methods, and no others.
    const method = access[name as keyof VaultAccess] as (...args: unknown[]) => Promise<unknown>;
    const call = (...args: unknown[]): Promise<unknown> => method.apply(access, args);
    return [name, writes ? (...args: unknown[]) => call(...args).finally(wrote) : call] as const;
  });
  return Object.fromEntries(methods) as unknown as VaultAccess; // by the table, every method is there
}

/** A new method does not compile until it is sorted in here. */
const WRITES = {
  status: false,
  revision: false,
  apps: false,
  createApp: true,
  deleteApp: true,
  createEnvironment: true,
  deleteEnvironment: true,
  turnEpoch: true,
  policy: false,
  setPolicy: false,
  list: false,
  history: false,
  write: true,
  rename: true,
  delete: true,
  undelete: true,
  purge: true,
  clearExposed: true,
  rollback: true,
  copy: true,
  compare: false,
  rotations: false,
  rotate: true,
  lease: false,
  settle: false,
  reveal: false,
  prove: false,
  redact: false,
  approve: false,
  pending: false,
  approvals: false,
  answer: false,
  preapprove: false,
  endApproval: false,
  members: false,
  invite: false,
  withdrawInvite: false,
  acceptInvite: false,
  catchUp: true,
  setRole: true,
  nameMember: false,
  removeMember: true,
  leave: true,
  createToken: true,
  tokens: false,
  revokeToken: true,
  audit: false,
  lock: false,
} as const satisfies Record<keyof VaultAccess, boolean>;
