import { wipe } from "../crypto/wipe.ts";
import { inBatches } from "./batches.ts";
import { type Context, formatContext, type SecretName } from "./context.ts";
import { type OpenEnvironment, recordRef } from "./open-environment.ts";
import { currentValue, liveItem, type MarkedDraft } from "./secret-edits.ts";
import { valueSinceOf } from "./secret-meta.ts";
import { writeDrafts } from "./secret-write.ts";
import type { Session } from "./session.ts";

/**
 * Seals the newest versions again in another environment, as one step; refuses with `secret-exists` if it holds one of
 * the names. All that guards a secret goes with it, and a decoy's copy is a decoy. The caller has asked for the master
 * password: what the other environment's policy lets happen to a value is less guarded, perhaps.
 */
export async function copySecrets(
  session: Session,
  from: Context,
  names: readonly SecretName[],
  to: Context,
): Promise<void> {
  const drafts: MarkedDraft[] = [];
  try {
    await readDrafts(await session.environment(from), names, drafts);
    await writeDrafts(session, to, "create", drafts, { mayWiden: true });
  } finally {
    for (const { value } of drafts) wipe(value!);
  }
  await session.audit({ actor: "owner", action: "copy", names, outcome: `ok: to ${formatContext(to)}` }, from);
}

/** Into an array of the caller's, who can wipe those that were read when another one could not be. */
async function readDrafts(
  environment: OpenEnvironment,
  names: readonly SecretName[],
  drafts: MarkedDraft[],
): Promise<void> {
  const state = await environment.load();
  const found = [...new Set(names)].map((name) => ({ name, ...liveItem(environment, state, name) }));
  await inBatches(found, async ({ name, item, tag }) => {
    const meta = await environment.meta(recordRef(item, state.head.epoch), tag);
    const value = await currentValue(environment, state, item, tag);
    const { description, tags, rotateAfterDays = null, allowedHosts, placeholder = null, canary, exposed } = meta;
    drafts.push({
      ...{ name, value, description, tags, rotateAfterDays, allowedHosts, placeholder },
      valueSince: valueSinceOf(meta),
      ...(canary === undefined ? {} : { canary }),
      ...(exposed === undefined ? {} : { exposed }),
    });
  });
}
