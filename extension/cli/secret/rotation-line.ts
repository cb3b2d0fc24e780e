import type { RotationInfo } from "#core/run/rotation/rotation-step.ts";
import { formatContext } from "#core/vault/context.ts";
import { formatTime } from "../print.ts";

/** One line of `ov status`. */
export function rotationLine(rotation: RotationInfo): string {
  const { contexts, began, phase } = rotation;
  const more = contexts.length === 1 ? "" : ` and ${contexts.length - 1} more`;
  return `rotation   of ${nameOf(rotation)}${more}, begun ${formatTime(began)}: ${STATE[phase]}`;
}

const STATE = {
  making: "no new value is kept yet",
  made: "the new value is kept, and not everywhere yet",
  stored: "the new value is stored; the old one is to be revoked",
  discarding: "the new value is given up, and to be discarded",
} as const satisfies Record<RotationInfo["phase"], string>;

export function nameOf({ home, name }: RotationInfo): string {
  return `${formatContext(home)}/${name}`;
}
