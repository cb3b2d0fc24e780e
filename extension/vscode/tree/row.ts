import type { SecretInfo } from "#core/run/vault-access.ts";
import { stillVisible } from "#core/run/visible-text.ts";
import type { SecretName } from "#core/vault/context.ts";
import { isDue } from "#core/vault/rotation-due.ts";
import type { OpenRotation } from "../open-rotations.ts";

/** What a person should know of a secret at a glance, the gravest first. */
export type Mark = "decoy" | "exposed" | "rotation-open" | "rotation-elsewhere" | "rotation-due" | "weak";

/** One secret as the tree shows it. Agents write descriptions and tags, so nothing in them may hide. */
export interface SecretRow {
  readonly name: SecretName;
  readonly version: number;
  readonly changed: Age;
  readonly tags: readonly string[];
  readonly description: string;
  readonly marks: readonly Mark[];
  readonly icon: RowIcon;
}

/** How long ago, in the largest unit that says something: 0 minutes is now. */
export interface Age {
  readonly count: number;
  readonly unit: "minute" | "hour" | "day" | "month" | "year";
}

/** A codicon and a color of the theme. */
export interface RowIcon {
  readonly id: string;
  readonly color?: string;
}

/** `now` is in ms since 1970; `rotation` is one of this secret that has not ended. */
export function secretRow(info: SecretInfo, now: number, rotation?: OpenRotation): SecretRow {
  const marks = marksOf(info, now, rotation);
  const [gravest] = marks;
  return {
    name: info.name,
    version: info.version,
    changed: ageOf(info.updatedAt, now),
    tags: info.tags.map(stillVisible),
    description: stillVisible(info.description.replaceAll(/\s+/g, " ")),
    marks,
    icon: gravest === undefined ? PLAIN : ICONS[gravest],
  };
}

export function ageOf(time: number, now: number): Age {
  const ms = Math.max(0, now - time);
  if (ms < HOUR) return { count: Math.floor(ms / MINUTE), unit: "minute" };
  if (ms < DAY) return { count: Math.floor(ms / HOUR), unit: "hour" };
  if (ms < 60 * DAY) return { count: Math.floor(ms / DAY), unit: "day" };
  if (ms < 2 * YEAR) return { count: Math.floor(ms / MONTH), unit: "month" };
  return { count: Math.floor(ms / YEAR), unit: "year" };
}

function marksOf(info: SecretInfo, now: number, rotation: OpenRotation | undefined): readonly Mark[] {
  return [
    ...(info.canary ? (["decoy"] as const) : []),
    ...(info.exposed === undefined ? [] : (["exposed"] as const)),
    ...(rotation === undefined
      ? []
      : [rotation.isElsewhere ? ("rotation-elsewhere" as const) : ("rotation-open" as const)]),
    ...(isDue(info, now) ? (["rotation-due"] as const) : []),
    ...(info.weak ? (["weak"] as const) : []),
  ];
}

const PLAIN: RowIcon = { id: "key" };
const ICONS = {
  decoy: { id: "bell", color: "charts.purple" },
  exposed: { id: "error", color: "list.errorForeground" },
  "rotation-open": { id: "sync-ignored", color: "list.warningForeground" },
  "rotation-elsewhere": { id: "sync~spin" },
  "rotation-due": { id: "sync", color: "list.warningForeground" },
  weak: { id: "warning", color: "list.warningForeground" },
} as const satisfies Record<Mark, RowIcon>;

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const MONTH = 30 * DAY;
const YEAR = 365 * DAY;
