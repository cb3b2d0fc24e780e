import * as vscode from "vscode";
import { unpooled, wipe } from "#core/crypto/wipe.ts";
import { type RotateDeps, rotateEverywhere } from "#core/run/rotation/rotate.ts";
import type { RotationInfo } from "#core/run/rotation/rotation-step.ts";
import type { VaultAccess } from "#core/run/vault-access.ts";
import { type Context, formatContext, type SecretName } from "#core/vault/context.ts";
import type { RotationProvider } from "#core/vault/rotation-item.ts";
import { withPassword } from "../../ask-person.ts";
import { chooseSecret, lookUp } from "../../pick-secret.ts";
import type { Screen } from "../../terminal/terminal-session.ts";
import type { Window } from "../../window.ts";
import { confirmReplace } from "../secrets/replace-value.ts";
import { askInSteps } from "../secrets/steps.ts";
import { tellStored } from "../secrets/write-secret.ts";
import { requireIdle, rotateHere, rotateInTerminal } from "./rotation-deps.ts";
import { newRotationDraft, placesOf, type RotationDraft, rotationSteps } from "./rotation-steps.ts";
import { goOnWith, tellOpen } from "./show-rotations.ts";

/**
 * A new value for a secret, in its environment or in several of its app: one that the person gives or has generated, or
 * that a program of theirs makes at its source and revokes there. One that has not ended is gone on with first.
 */
export async function rotateSecret(window: Window, argument: unknown): Promise<void> {
  const title = vscode.l10n.t("Rotate Secret");
  const picked = await chooseSecret(window, argument, title);
  if (picked === undefined) return;
  const access = await window.unlocked();
  const { context, info } = picked;
  requireIdle(window, { name: info.name, contexts: [context] });
  await window.rotations.look();
  const open = window.rotations.of(context, info.name);
  if (open !== undefined) return goOnWith(window, open);
  const draft = newRotationDraft(context, info.name);
  let password: Uint8Array | undefined;
  try {
    const places = [context, ...(await othersWith(access, context, info.name))];
    const heading = `${title} ${formatContext(context)}/${info.name}`;
    if (!(await askInSteps(heading, draft, (now) => rotationSteps(window, now, places)))) return;
    // A program is shown and approved as it runs; and whoever types a value into the box for it needs no second question.
    if (draft.how !== "type" && draft.how !== "program" && !(await confirmReplace(placesOf(draft)))) return;
    if (draft.contexts.length > 1) {
      password = await provedPassword(access, heading, placesOf(draft));
      if (password === undefined) return;
    }
    await begin(window, access, draft, password);
  } finally {
    wipe(draft.value, password);
  }
}

async function begin(
  window: Window,
  access: VaultAccess,
  draft: RotationDraft,
  password: Uint8Array | undefined,
): Promise<void> {
  const { name, contexts, how, provider } = draft;
  const asked = { name, contexts, ...(password === undefined ? {} : { password }) };
  // Who went back from a program to another way has a draft of both.
  if (how === "program" && provider !== undefined) return beginInTerminal(window, { ...asked, provider });
  const done: RotationInfo[] = [];
  await rotateHere(window, draft, draft, (deps) => rotateEverywhere(deps, asked, (each) => done.push(each)));
  const [first] = done.flatMap((each) => each.contexts);
  if (contexts.length > 1) tellRotated(name, contexts);
  else if (first !== undefined) tellStored(first, await lookUp(access, first, name), draft.value);
}

/** It goes on after this command has ended, so it gets a password of its own. */
function beginInTerminal(
  window: Window,
  asked: {
    readonly name: SecretName;
    readonly contexts: readonly Context[];
    readonly password?: Uint8Array;
    readonly provider: RotationProvider;
  },
): void {
  const password = asked.password && unpooled(asked.password);
  const { name, contexts, provider } = asked;
  const own = { name, contexts, provider, ...(password === undefined ? {} : { password }) };
  const work = (deps: RotateDeps, screen: Screen): Promise<void> =>
    rotateEverywhere(deps, own, (each) => screen.say(rotatedText(name, each.contexts)));
  rotateInTerminal(window, asked, work, (isDone) => {
    wipe(password);
    if (isDone) tellRotated(name, contexts);
    else void tellOpen(window, asked);
  });
}

function tellRotated(name: SecretName, contexts: readonly Context[]): void {
  vscode.window.setStatusBarMessage(`$(check) ${rotatedText(name, contexts)}`, 5000);
}

function rotatedText(name: SecretName, contexts: readonly Context[]): string {
  return vscode.l10n.t("Rotated {0} in {1}.", name, contexts.map(formatContext).join(", "));
}

/** The other environments of the app that have a secret of this name. */
async function othersWith(access: VaultAccess, { app, environment }: Context, name: SecretName): Promise<Context[]> {
  const own = (await access.apps()).find((each) => each.app === app)?.environments ?? [];
  const found: Context[] = [];
  for (const each of own) {
    if (each.environment === environment || each.secrets === 0 || each.role === "reader") continue;
    const context = { app, environment: each.environment };
    if ((await access.list(context)).some((secret) => secret.name === name && !secret.canary)) found.push(context);
  }
  return found;
}

/** It shows which environments have the same value. A copy, since the box wipes its own. */
function provedPassword(access: VaultAccess, title: string, places: string): Promise<Uint8Array | undefined> {
  return withPassword(title, vscode.l10n.t("Master password, to rotate {0}", places), async (typed) => {
    await access.prove(typed);
    return unpooled(typed);
  });
}
