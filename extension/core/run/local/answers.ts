import { formatContext } from "../../vault/context.ts";
import { isVaultError, VaultError } from "../../vault-error.ts";
import { auditWhere } from "../audit/audit-where.ts";
import { readPolicy } from "../lease-gate.ts";
import type { VaultAccess } from "../vault-access.ts";
import { decide } from "./decide.ts";
import type { HeldVault } from "./held-vault.ts";

/** What a person allows: requests that wait, and time windows. Each answer is in the audit log. */
export function answerMethods(held: HeldVault) {
  const { approvals, canaries, writers } = held;
  return {
    approve: async (request, ask, signal = new AbortController().signal) => {
      const session = held.used();
      const body = { actor: request.client, action: "approve", names: request.names } as const;
      const { client, action, context } = request;
      await canaries.refuse(request.names, { client, action, context });
      try {
        await decide(held, request, ask, signal);
        await auditWhere(session, { ...body, outcome: `ok: ${request.action}` }, context);
        writers.note(request);
      } catch (error) {
        await auditWhere(session, { ...body, outcome: isVaultError(error) ? error.code : "failed" }, context);
        throw error;
      }
    },
    pending: async () => approvals.pending(),
    approvals: async () => approvals.standing(),
    answer: async (id, decision, password) => {
      if (decision !== "deny") {
        if (password === undefined) throw new VaultError("person-required", "To approve, give the master password.");
        await held.proved(password);
      }
      const request = approvals.answer(id, decision);
      const outcome = typeof decision === "string" ? decision : `${decision.minutes} minutes`;
      const body = { actor: "owner", action: "approve", names: request.names, outcome } as const;
      await auditWhere(held.session, body, request.context);
    },
    preapprove: async (context, minutes, password) => {
      const session = await held.proved(password);
      const { policy } = await readPolicy(session, context);
      if (policy.preset === "production") {
        throw new VaultError(
          "denied-by-policy",
          `The policy of ${formatContext(context)} wants every use to be asked about. Approve each run, or set another policy.`,
        );
      }
      const approval = approvals.open(context, minutes);
      await session.audit({ actor: "owner", action: "approve", names: [], outcome: `${minutes} minutes` }, context);
      return approval;
    },
    endApproval: async (id) => {
      approvals.end(id);
      await held.session.audit({ actor: "owner", action: "approve", names: [], outcome: "ended" });
    },
  } satisfies Partial<VaultAccess>;
}
