import * as vscode from "vscode";
import { wipe } from "#core/crypto/wipe.ts";
import { MatcherCache } from "#core/run/matcher-cache.ts";
import type { RotateDeps } from "#core/run/rotation/rotate.ts";
import type { RotationInfo } from "#core/run/rotation/rotation-step.ts";
import { formatContext } from "#core/vault/context.ts";
import { openTerminal } from "../../terminal/open-terminal.ts";
import type { Screen } from "../../terminal/terminal-session.ts";
import type { Window } from "../../window.ts";
import { windowError } from "../../words/error-text.ts";
import { newValueDraft, takeValue, type ValueDraft, valueSteps } from "../secrets/ask-value.ts";
import { askInSteps } from "../secrets/steps.ts";
import { placesOf } from "./rotation-steps.ts";

/** A rotation without a program. `draft` has the first value; environments with another one are asked about anew. */
export async function rotateHere(
  window: Window,
  place: RotationOf,
  draft: ValueDraft | undefined,
  use: (deps: RotateDeps) => Promise<unknown>,
): Promise<void> {
  requireIdle(window, place);
  const access = await window.unlocked();
  let first = draft;
  const newValue = async (rotation: RotationInfo): Promise<Uint8Array> => {
    const given = first;
    first = undefined;
    // A copy, since a rotation wipes what it gets.
    return given === undefined ? askAgain(window, rotation) : Uint8Array.from(await takeValue(window, given));
  };
  await window.rotations.during(place.contexts[0]!, place.name, () =>
    withMatchers((matchers) =>
      use({
        access,
        ...{ client: CLIENT, claim: window.rotations.claim, parentEnv: window.own.env, matchers, newValue },
      }),
    ),
  );
}

/**
 * A rotation by a program, in a terminal: what it prints is redacted, each of its runs waits in the approvals view, and
 * Ctrl-C cuts it off. Then, or once it is done, `onEnd` is called.
 */
export function rotateInTerminal(
  window: Window,
  place: RotationOf,
  use: (deps: RotateDeps, screen: Screen) => Promise<unknown>,
  onEnd: (isDone: boolean) => void,
): void {
  const { name } = place;
  requireIdle(window, place);
  openTerminal(vscode.l10n.t("Rotate {0}", name), "sync", async (screen, signal) => {
    let isDone = false;
    const work = async (): Promise<void> => {
      const access = await window.unlocked();
      const { newAsk, onLeaked } = await window.deps();
      const ask = newAsk?.(CLIENT);
      await withMatchers((matchers) =>
        use(
          {
            access: {
              lease: async (asked, _, ending) => {
                screen.say(waiting(formatContext(asked.context)));
                const lease = await access.lease(asked, ask, ending);
                screen.say(`> ${asked.command}`);
                return lease;
              },
              settle: (...ended) => access.settle(...ended),
              rotate: async (step) => {
                const after = await access.rotate(step);
                if (step.kind === "store") screen.say(vscode.l10n.t("The new value is stored."));
                return after;
              },
            },
            ...{ client: CLIENT, claim: window.rotations.claim, parentEnv: window.own.env, matchers, signal },
            newValue: (rotation) => askAgain(window, rotation),
            onOutput: (output, { files }, context) => {
              screen.stdout.write(output.replaceAll(/\r?\n/g, "\r\n"));
              if (files.length > 0) onLeaked?.({ context, cwd: window.context.folder, files });
            },
          },
          screen,
        ),
      );
      isDone = true;
    };
    try {
      await window.rotations.during(place.contexts[0]!, name, work);
      return 0;
    } finally {
      onEnd(isDone);
    }
  });
}

/** Of one environment at least, which are all of one app. */
export type RotationOf = Pick<RotationInfo, "name" | "contexts">;

/** Two at once would take each other's values back. */
export function requireIdle({ rotations }: Window, place: RotationOf): void {
  if (!rotations.isAtWork(place.contexts[0]!, place.name)) return;
  throw windowError(
    "vault-conflict",
    vscode.l10n.t(
      "{0} is being rotated in this window already. Answer it, or end it in its terminal.",
      placesOf(place),
    ),
  );
}

async function askAgain(window: Window, rotation: RotationInfo): Promise<Uint8Array> {
  const draft = newValueDraft();
  const title = vscode.l10n.t("New value for {0}", placesOf(rotation));
  try {
    if (!(await askInSteps(title, draft, (now) => valueSteps(now, () => placesOf(rotation), false))))
      throw windowError("cancelled", vscode.l10n.t("That was cancelled."));
    return Uint8Array.from(await takeValue(window, draft));
  } finally {
    wipe(draft.value);
  }
}

async function withMatchers<T>(use: (matchers: MatcherCache) => Promise<T>): Promise<T> {
  const matchers = new MatcherCache();
  try {
    return await use(matchers);
  } finally {
    matchers.close();
  }
}

function waiting(place: string): string {
  return vscode.l10n.t("Waits for you to allow secrets of {0} in the OpaqueVault view. Ctrl-C: give up.", place);
}

const CLIENT = "VS Code: Rotate Secret";
