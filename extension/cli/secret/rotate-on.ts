import { describeCommand } from "#core/run/command.ts";
import { abortRotation, continueRotation, endByHand } from "#core/run/rotation/rotate.ts";
import type { RotationInfo } from "#core/run/rotation/rotation-step.ts";
import { stillVisible } from "#core/run/visible-text.ts";
import { formatContext } from "#core/vault/context.ts";
import { VaultError } from "#core/vault-error.ts";
import { claimRotation } from "#mcp/device/rotation-claim.ts";
import { askYes } from "../ask-person.ts";
import type { Cli } from "../cli.ts";
import { say } from "../print.ts";
import { hasTerminal, withTerminal } from "../terminal.ts";
import { withAccess } from "../with-access.ts";
import { providerOf, type RotateOptions, sayRotated, withRotateDeps } from "./rotate.ts";
import { nameOf, rotationLine } from "./rotation-line.ts";

/** How a rotation that has not ended goes on. revoked = the person has revoked the old value at its source. */
export type Way = "resume" | "abort" | "revoked";

export async function goOnRotating(
  cli: Cli,
  name: string | undefined,
  words: readonly string[],
  way: Way,
  options: RotateOptions,
): Promise<void> {
  const given = providerOf(cli, words, options);
  const claim = (id: string) => claimRotation(cli.paths.runtime, id);
  await withAccess(cli, "end a rotation", async (opened) => {
    const { access } = opened;
    const open = (await access.rotations()).filter((rotation) => isNamed(rotation, name));
    if (open.length === 0) return say("No rotation is under way.");
    for (const rotation of open) {
      say(rotationLine(rotation));
      if (way === "revoked") {
        await endAfterAsking(rotation, () => endByHand({ access, claim }, rotation));
        continue;
      }
      if (given === undefined) await confirmKept(rotation);
      // Named again, the program gets the secrets that it began with.
      const kept = options.secrets === undefined ? { secrets: rotation.provider?.secrets ?? [] } : {};
      const chosen = given === undefined ? rotation : { ...rotation, provider: { ...given, ...kept } };
      await withRotateDeps(cli, opened, options, undefined, (deps) =>
        way === "abort" ? abortRotation(deps, chosen) : continueRotation(deps, chosen),
      );
      if (way === "abort" || rotation.phase === "discarding") say(`${nameOf(rotation)} has its old value.`);
      else sayRotated(rotation);
    }
  });
}

/** Whoever may write in an environment could have put a program there: a person sees it before it runs here. */
async function confirmKept({ provider }: RotationInfo): Promise<void> {
  if (provider === undefined) return;
  const { cwd } = provider;
  const command = stillVisible(describeCommand(provider.command));
  if (!hasTerminal()) {
    throw new VaultError(
      "person-required",
      'To go on without a terminal, name the program again: ov secret rotate NAME --resume -- program. It is the one that "ov secret rotate" began with.',
    );
  }
  const question = `Go on with ${command}, in ${stillVisible(cwd)}?`;
  if (await withTerminal("Going on with a rotation", (terminal) => askYes(terminal, question))) return;
  throw new VaultError("cancelled", "Nothing was changed. Name another program after --, or the same again.");
}

async function endAfterAsking(rotation: RotationInfo, end: () => Promise<unknown>): Promise<void> {
  if (rotation.phase !== "stored") {
    throw new VaultError(
      "argument-invalid",
      `The new value of ${nameOf(rotation)} is not stored everywhere yet. Use --resume or --abort.`,
    );
  }
  const question = "Have you revoked the old value at its source yourself?";
  const isDone = await withTerminal("Ending a rotation", (terminal) => askYes(terminal, question));
  if (!isDone) throw new VaultError("cancelled", "Nothing was changed. Revoke it there, or use --resume.");
  await end();
  sayRotated(rotation);
}

function isNamed({ name, contexts }: RotationInfo, wanted: string | undefined): boolean {
  if (wanted === undefined || wanted === name) return true;
  return contexts.some((context) => `${formatContext(context)}/${name}` === wanted);
}
