import { randomUUID } from "node:crypto";
import { sha256 } from "../../crypto/hash.ts";
import { wipe } from "../../crypto/wipe.ts";
import { formatContext, type SecretName } from "../../vault/context.ts";
import { readSecrets } from "../../vault/secret-read.ts";
import type { Session } from "../../vault/session.ts";
import { isVaultError } from "../../vault-error.ts";
import { approveFiles } from "../approve-files.ts";
import { type Gate, gateLease } from "../lease-gate.ts";
import { rotationSecrets } from "../rotation/rotation-lease.ts";
import type { Ask, Lease, LeaseRequest, VaultAccess } from "../vault-access.ts";
import { decide } from "./decide.ts";
import type { HeldVault } from "./held-vault.ts";
import { newSettle } from "./settle.ts";

/** Secrets for runs and shells, from the yes to their end. */
export function leaseMethods(held: HeldVault) {
  return {
    lease: (asked, ask, signal) => lease(held, asked, ask, signal ?? new AbortController().signal),
    settle: newSettle(held),
  } satisfies Partial<VaultAccess>;
}

/** Resolve, judge, approve, decrypt: in this order, so that a refusal has read nothing. */
async function lease(
  held: HeldVault,
  asked: LeaseRequest,
  given: Ask | undefined,
  signal: AbortSignal,
): Promise<Lease> {
  const session = held.used();
  const ask: Ask | undefined = held.options.isUnattended ? async () => "once" : given;
  const { context, client } = asked;
  const gate = await passGate(held, asked);
  const { names } = gate;
  const { runs: _, canConfine: __, canStandIn: ___, rotation, ...shown } = asked;
  const request = { ...shown, names, ...gate.shown };
  let wasAsked: boolean;
  try {
    wasAsked = await approveFiles(asked, request, ask, (one, asking) => decide(held, one, asking, signal));
  } catch (error) {
    await auditFailure(session, asked, names, error);
    throw error;
  }
  // A person takes minutes, in which the policy or a program's file may have become another.
  const { confinement } = wasAsked ? await passGate(held, { ...asked, names }) : gate;
  const read = await readAudited(session, asked, names);
  const secrets = [...read, ...(await rotationSecrets(session, rotation, context, read))];
  const id = randomUUID();
  held.leases.set(id, { context, names, client });
  const versions = read.map((secret) => `${secret.name}@${secret.version}`);
  const of = rotation === undefined ? "" : `+${rotation.id}:${secrets.length}`;
  const fingerprint = `${session.vaultId}/${formatContext(context)}/${versions.join(",")}${of}`;
  return { id, secrets, fingerprint, ...(confinement === undefined ? {} : { confinement }) };
}

async function passGate(
  { session, canaries }: HeldVault,
  asked: LeaseRequest,
): Promise<Extract<Gate, { kind: "open" }>> {
  const { client, action, context } = asked;
  const gate = await gateLease(session, asked);
  switch (gate.kind) {
    case "open":
      return gate;
    case "canary":
      throw await canaries.tripped({ client, action, context, names: gate.names });
    case "denied":
      await session.audit({ ...leaseBody(asked, gate.names), outcome: gate.error.code }, context);
      throw gate.error;
  }
}

/** The disk writes the entry while the processor decrypts. No value leaves before both are done. */
async function readAudited(session: Session, asked: LeaseRequest, names: readonly SecretName[]) {
  const { context } = asked;
  const [entry, secrets] = await Promise.allSettled([
    session.audit({ ...leaseBody(asked, names), outcome: "ok" }, context),
    readSecrets(session, context, names),
  ]);
  if (entry.status === "fulfilled" && secrets.status === "fulfilled") return secrets.value;
  if (secrets.status === "fulfilled") wipe(...secrets.value.map(({ value }) => value));
  if (entry.status === "rejected") throw entry.reason;
  const error: unknown = secrets.status === "rejected" ? secrets.reason : undefined;
  await auditFailure(session, asked, names, error);
  throw error;
}

function auditFailure(
  session: Session,
  asked: LeaseRequest,
  names: readonly SecretName[],
  error: unknown,
): Promise<void> {
  const outcome = isVaultError(error) ? error.code : "failed";
  return session.audit({ ...leaseBody(asked, names), outcome }, asked.context);
}

function leaseBody({ client, action, command }: LeaseRequest, names: readonly SecretName[]) {
  return { actor: client, action, names, commandHash: sha256(Buffer.from(command)).toString("hex") };
}
