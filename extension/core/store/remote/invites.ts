import { VaultError } from "../../vault-error.ts";
import type { Id } from "../store.ts";
import { toText } from "./json-shape.ts";
import { errorOf, type Problem } from "./problem.ts";
import type { SealedClient } from "./sealed-client.ts";
import { offerOf } from "./sharing-answers.ts";

/** The sealed offer of an invite, for who has its code; also for those who have no account there yet. */
export async function openInvite(
  client: SealedClient,
  { id, proof }: { readonly id: Id; readonly proof: Uint8Array },
): Promise<{ readonly offer: Buffer; readonly expiresAt: number }> {
  const body = { id, proof: toText(proof) };
  const answer = await client.call({ method: "POST", path: "/invites/open", body, device: undefined });
  if ("code" in answer) throw inviteError(answer);
  return offerOf(answer.body);
}

/** One answer for an invite that is unknown, over, or was taken: so the server says it. */
export function inviteError(problem: Problem): VaultError {
  if (problem.code !== "unauthorized") return errorOf(problem, "an invite");
  return new VaultError(
    "not-permitted",
    "This invite is no longer good: it was used already, taken back, or is older than seven days. Ask for a new one.",
  );
}
