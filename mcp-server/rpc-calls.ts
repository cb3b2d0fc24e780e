import type { VaultAccess } from "#core/run/vault-access.ts";

/** The path of the vault's own calls on a private socket. */
export const ACCESS_PATH = "/access";

/**
 * How many arguments of each method travel: `ask` and `signal` don't. What they must be stands in `rpc-methods.ts`,
 * whose schemas are for the end that serves: without them, `ov run` starts in a fraction of the time.
 */
export const RPC_ARGUMENTS = {
  status: 0,
  revision: 0,
  apps: 0,
  createApp: 1,
  deleteApp: 1,
  createEnvironment: 1,
  deleteEnvironment: 1,
  turnEpoch: 1,
  policy: 1,
  setPolicy: 3,
  list: 2,
  history: 2,
  write: 4,
  rename: 3,
  delete: 2,
  undelete: 2,
  purge: 3,
  clearExposed: 3,
  rollback: 3,
  copy: 4,
  compare: 3,
  rotations: 0,
  rotate: 1,
  lease: 1,
  settle: 2,
  reveal: 4,
  prove: 1,
  redact: 3,
  approve: 1,
  pending: 0,
  approvals: 0,
  answer: 3,
  preapprove: 3,
  endApproval: 1,
  members: 1,
  invite: 2,
  withdrawInvite: 1,
  acceptInvite: 3,
  catchUp: 0,
  setRole: 4,
  nameMember: 3,
  removeMember: 3,
  leave: 2,
  createToken: 2,
  tokens: 0,
  revokeToken: 1,
  audit: 1,
  lock: 0,
} as const satisfies Record<keyof VaultAccess, number>;

export type RpcMethod = keyof typeof RPC_ARGUMENTS;
