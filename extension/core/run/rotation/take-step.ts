import { formatContext } from "../../vault/context.ts";
import { beginRotation, discardNewValue, endRotation, keepNewValue, storeNewValue } from "../../vault/rotation.ts";
import { VaultError } from "../../vault-error.ts";
import type { HeldVault } from "../local/held-vault.ts";
import type { RotationInfo, RotationStep } from "./rotation-step.ts";

/** One step of a rotation in an unlocked session. */
export async function takeStep(held: HeldVault, step: RotationStep): Promise<RotationInfo | undefined> {
  const session = held.used();
  switch (step.kind) {
    case "begin": {
      const { id, name, password, provider } = step;
      const contexts = [...new Map(step.contexts.map((context) => [formatContext(context), context])).values()];
      if (contexts.length === 0) throw new VaultError("argument-invalid", "A rotation needs an environment. Name one.");
      for (const context of contexts)
        await held.canaries.refuse([name], { client: "owner", action: "rotate", context });
      // Which of several environments have the same value is told by this, so that no program learns it alone.
      if (contexts.length > 1) await requirePassword(held, password);
      return beginRotation(session, { id, name, contexts, ...(provider === undefined ? {} : { provider }) });
    }
    case "made":
      return keepNewValue(session, step, step.value);
    case "store": {
      const stored = await storeNewValue(session, step);
      if (stored.provider !== undefined) return stored;
      // Nobody revokes anything.
      await endRotation(session, step);
      return undefined;
    }
    case "discard":
      return discardNewValue(session, step);
    case "end":
      return endRotation(session, step).then(() => undefined);
  }
}

async function requirePassword(held: HeldVault, password: Uint8Array | undefined): Promise<void> {
  if (password !== undefined) {
    await held.proved(password);
    return;
  }
  throw new VaultError(
    "person-required",
    "A rotation in several environments needs the master password. Run it in a terminal of your own.",
  );
}
