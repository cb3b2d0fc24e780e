/** What a run counts that has to be none, by the names that all runs share. */
export const FAULTS = ["lost", "half", "twice", "disordered", "broken", "unsafe"] as const;

export type Figures = Readonly<Record<string, number | string | Readonly<Record<string, number>>>>;

/** The faults of a run that are not none, or undefined: `lost 3`. */
export function faultsOf(figures: object): string | undefined {
  const found = FAULTS.filter((name) => name in figures && Reflect.get(figures, name) !== 0);
  return found.length === 0 ? undefined : found.map((name) => `${name} ${Reflect.get(figures, name)}`).join(", ");
}
