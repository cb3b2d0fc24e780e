import { equal } from "../crypto/hash.ts";
import { wipe } from "../crypto/wipe.ts";
import { VaultError } from "../vault-error.ts";
import { type Context, formatContext, type SecretName } from "./context.ts";
import type { EnvironmentEdit, EnvironmentState, OpenEnvironment } from "./open-environment.ts";
import { currentValue, liveItem, writeSecrets } from "./secret-edits.ts";
import { marksOf } from "./secret-exposure.ts";
import { keptVersions } from "./secret-read.ts";
import { trimToLimit } from "./secret-write.ts";
import type { Session } from "./session.ts";

export interface Swap {
  readonly name: SecretName;
  readonly from: Uint8Array;
  readonly to: Uint8Array;
  /** Where the value is neither of both, or gone, nothing is done. Left out: `vault-conflict`. */
  readonly orLeave?: true;
}

type More = (environment: OpenEnvironment, state: EnvironmentState, edit: EnvironmentEdit) => Promise<EnvironmentEdit>;

/**
 * Replaces one value by another, if it is still the one that it should be: by its bytes, since a version may also only
 * say more of it. Done already is done. `more` adds to the same write. What is known of the new value, as that it was
 * exposed before, comes with it.
 */
export async function swapValue(
  session: Session,
  context: Context,
  { name, from, to, orLeave }: Swap,
  more?: More,
): Promise<void> {
  const environment = await session.environment(context);
  if (more === undefined) {
    const found = await compare(environment, await environment.load(), name, from, to, orLeave === true);
    if (found === "other" && !orLeave) throw changedMeanwhile(context, name);
    if (found !== "from") return;
  }
  const { versions } = await keptVersions(session, context, name);
  const draft = { name, value: to, ...(await marksOf(environment, versions, to)) };
  const author = { name: await session.deps.device.deviceId(), now: session.deps.now() };
  let isOther = false;
  try {
    await environment.change(async (state) => {
      const found = await compare(environment, state, name, from, to, false);
      isOther = found === "other";
      if (isOther) throw new Error("another value"); // not a conflict that trying again would end
      const unchanged = { items: state.items, records: [] };
      const edit =
        found === "to" ? unchanged : await writeSecrets(environment, state, "update", [draft], author, false);
      return more === undefined ? edit : more(environment, state, edit);
    });
  } catch (error) {
    throw isOther ? changedMeanwhile(context, name) : error;
  }
  await trimToLimit(session, context, name);
}

async function compare(
  environment: OpenEnvironment,
  state: EnvironmentState,
  name: SecretName,
  from: Uint8Array,
  to: Uint8Array,
  mayBeGone: boolean,
): Promise<"from" | "to" | "other"> {
  if (mayBeGone && !isThere(environment, state, name)) return "other";
  const { item, tag } = liveItem(environment, state, name);
  const value = await currentValue(environment, state, item, tag);
  try {
    return equal(value, to) ? "to" : equal(value, from) ? "from" : "other";
  } finally {
    wipe(value);
  }
}

function isThere(...where: Parameters<typeof liveItem>): boolean {
  try {
    liveItem(...where);
    return true;
  } catch {
    return false;
  }
}

function changedMeanwhile(context: Context, name: SecretName): VaultError {
  return new VaultError(
    "vault-conflict",
    `${formatContext(context)}/${name} was given another value meanwhile, and it was left alone. Give the rotation up by "ov secret rotate --abort".`,
  );
}
