import { unpooled, wipe } from "#core/crypto/wipe.ts";
import type { Decision, PendingApproval } from "#core/run/approvals.ts";
import { COMMAND_NOTE } from "#core/run/change-text.ts";
import type { Ask, VaultAccess } from "#core/run/vault-access.ts";
import { isProduction } from "#core/vault/context.ts";
import { isVaultError, VaultError } from "#core/vault-error.ts";
import { askPassword, choose } from "./ask-person.ts";
import { decisionsFor, requestLines } from "./show-request.ts";
import { hasTerminal, type Terminal, withTerminal } from "./terminal.ts";
import type { OpenedVault } from "./with-access.ts";

/**
 * Runs `use`, which may need an approval. In an agent's vault that takes the master password, so that a program with
 * a terminal of its own can't say yes; where the password was given for this very command, that was the yes.
 */
export async function withApproval<T>(
  opened: OpenedVault,
  use: (ask: Ask | undefined) => Promise<T>,
  /** What the person typed for this command already: they are not asked for it twice. */
  password?: Uint8Array,
): Promise<T> {
  if (opened.kind === "here") return use(askHere);
  const { access } = opened;
  try {
    return await use(undefined);
  } catch (error) {
    if (!isVaultError(error, "approval-required") || !hasTerminal()) throw error;
    // The very request that was refused: one that only looks like it may come from another process.
    const pending = (await access.pending()).find(({ id }) => error.message.includes(`"ov approve ${id}"`));
    if (pending === undefined) throw error;
    await withTerminal("Approving", (terminal) => answerOn(terminal, access, pending, password));
  }
  return use(undefined);
}

/** Shows one request, and answers it as the person says: that is what it returns. */
export async function answerOn(
  terminal: Terminal,
  access: VaultAccess,
  { id, request }: PendingApproval,
  password?: Uint8Array,
): Promise<Decision> {
  for (const line of requestLines(request)) terminal.output.write(`${line}\n`);
  const decisions = decisionsFor(request);
  if (decisions.some(({ value }) => value === "command")) terminal.output.write(`  ${COMMAND_NOTE}\n`);
  const decision = await choose(terminal, "Your answer:", decisions);
  if (decision === "deny" || password !== undefined) await access.answer(id, decision, password);
  else await withPassword(terminal, (password) => access.answer(id, decision, password));
  return decision;
}

/** Proof that a person is there: what they typed to open the vault for this command, else asks them now. */
export async function withProof<T>(
  terminal: Terminal,
  opened: OpenedVault,
  use: (password: Uint8Array) => Promise<T>,
): Promise<T> {
  return opened.kind === "here" ? use(opened.password) : withPassword(terminal, use);
}

/** The same proof, checked, as a copy that the caller wipes: for what needs it more than once. */
export async function provedPassword(opened: OpenedVault, purpose: string): Promise<Uint8Array> {
  return withTerminal(purpose, (terminal) =>
    withProof(terminal, opened, async (password) => {
      await opened.access.prove(password);
      return unpooled(password);
    }),
  );
}

/** Asks for the master password, up to three times. */
export async function withPassword<T>(terminal: Terminal, use: (password: Uint8Array) => Promise<T>): Promise<T> {
  for (let left = 2; ; left--) {
    const password = await askPassword(terminal, "Master password:");
    try {
      return await use(password);
    } catch (error) {
      if (!isVaultError(error, "wrong-password") || left === 0) throw error;
      terminal.output.write("That is not the master password.\n");
    } finally {
      wipe(password);
    }
  }
}

/** The password was the yes, except for what a person has to have seen: production, and a new project file. */
const askHere: Ask = async (request) => {
  const { projectFile, context, changes = [] } = request;
  const news = projectFile ?? changes.find(({ kind }) => kind === "project-file-gone");
  if (news === undefined && !isProduction(context)) return "once";
  if (!hasTerminal()) {
    if (news === undefined) return "once";
    throw new VaultError(
      "person-required",
      `${news.path} is new, was changed or is gone, and nobody could be told. Run this once in a terminal of your own.`,
    );
  }
  return withTerminal("Approving", async (terminal) => {
    for (const line of requestLines(request)) terminal.output.write(`${line}\n`);
    return choose(
      terminal,
      "Your answer:",
      decisionsFor(request).filter(({ value }) => value === "deny" || value === "once"),
    );
  });
};
