import { VaultError } from "../vault-error.ts";
import { changeText } from "./change-text.ts";
import { type CommandChange, changesSince, commandFiles } from "./command-files.ts";
import type { ApprovalRequest, Ask, LeaseRequest } from "./vault-access.ts";

type Decide = (request: ApprovalRequest, ask: Ask | undefined) => Promise<void>;

/**
 * Has a command approved as its files are. They are looked at again after a person's answer, who takes minutes, and asked
 * about again when they have changed. Whether a person was asked.
 */
export async function approveFiles(
  { runs, cwd }: Pick<LeaseRequest, "runs" | "cwd">,
  request: ApprovalRequest,
  ask: Ask | undefined,
  decide: Decide,
): Promise<boolean> {
  const look = () => runs && commandFiles(runs, cwd);
  let wasAsked = false;
  let changes: readonly CommandChange[] = [];
  for (let round = 1; round <= MAX_ROUNDS; round++) {
    let isAsking = false;
    const asking: Ask | undefined =
      ask &&
      ((...question) => {
        isAsking = true;
        return ask(...question);
      });
    const content = look();
    await decide({ ...request, ...(content && { content, changes }) }, asking);
    if (!isAsking) return wasAsked;
    wasAsked = true;
    const now = look();
    if (content === undefined || now === undefined) return true;
    changes = changesSince(content, now, cwd);
    if (changes.length === 0) return true;
  }
  throw new VaultError(
    "denied-by-policy",
    `${changes.map(changeText).join(". ")}, again and again while a person is asked. Have whatever writes it end first, or approve every command of the environment for a while.`,
  );
}

/** How often one request is asked about while its files change. */
const MAX_ROUNDS = 3;
