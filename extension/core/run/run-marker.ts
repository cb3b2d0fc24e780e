import { randomBytes } from "node:crypto";

/** The variable by which every process of a run is found again, also one that left the group and lost its parent. */
export const RUN_VARIABLE = "OV_RUN";

export interface RunMarker {
  /** Random, so that no process of another run has it. */
  readonly id: string;
  /** The value of `OV_RUN`: also the markers of the runs around this one, so that those find its processes too. */
  readonly variable: string;
}

export function newRunMarker(outer?: string): RunMarker {
  const id = randomBytes(12).toString("hex");
  const around = outer !== undefined && /^[0-9a-f]{24}(\.[0-9a-f]{24}){0,15}$/.test(outer) ? `${outer}.` : "";
  return { id, variable: around + id };
}
