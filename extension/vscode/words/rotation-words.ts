import { l10n } from "vscode";
import type { RotationPhase } from "#core/vault/rotation-item.ts";

/** How far a rotation is that has not ended, and what that means. */
export function phaseText(phase: RotationPhase): string {
  switch (phase) {
    case "making":
      return l10n.t("no new value is kept yet");
    case "made":
      return l10n.t("the new value is kept, and not everywhere yet");
    case "stored":
      return l10n.t("the new value is stored; the old one is to be revoked");
    case "discarding":
      return l10n.t("the new value is given up, and to be discarded");
  }
}
