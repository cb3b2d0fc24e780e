import { sha256 } from "../../crypto/hash.ts";
import { projectFileNews, rememberSeen } from "../seen-project-file.ts";
import type { ApprovalRequest, Ask } from "../vault-access.ts";
import { stillVisible } from "../visible-text.ts";
import type { HeldVault } from "./held-vault.ts";

/**
 * What is approved already, or a person's answer. A project file that a person has seen before, in this state and
 * place, needs no showing again; one that is gone is told. Requests come from other processes too, so nothing in them
 * is believed that could hide something.
 */
export async function decide(
  { session: { deps }, approvals }: HeldVault,
  request: ApprovalRequest,
  ask: Ask | undefined,
  signal: AbortSignal,
): Promise<void> {
  const { projectFile, session, ...rest } = request;
  const news = await projectFileNews(deps.device, request);
  const gone = news.gone.map((path) => ({ kind: "project-file-gone", path }) as const);
  const shown = {
    ...rest,
    client: stillVisible(rest.client),
    command: stillVisible(rest.command),
    cwd: stillVisible(rest.cwd),
    // Requests that wait are shown to every process of this user, and who knows a session speaks for it.
    ...(session === undefined ? {} : { session: sha256(Buffer.from(session)).toString("hex") }),
    ...(rest.reason === undefined ? {} : { reason: stillVisible(rest.reason) }),
    ...(gone.length === 0 ? {} : { changes: [...gone, ...(rest.changes ?? [])] }),
    ...(news.unseen === undefined ? {} : { projectFile: news.unseen }),
  };
  await approvals.decide(shown, ask, signal);
  await rememberSeen(deps.device, projectFile, news);
}
