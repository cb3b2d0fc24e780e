import { join } from "node:path";
import { type Suggestion, textOf } from "./package-scripts.ts";

/** The targets that a person may mean: plain names at the beginning of a rule, in the Makefile's order. */
export async function makeTargets(folder: string): Promise<readonly Suggestion[]> {
  // The order in which GNU make looks for it.
  for (const name of ["GNUmakefile", "makefile", "Makefile"]) {
    const text = await textOf(join(folder, name));
    if (text !== undefined) return targetsOf(text);
  }
  return [];
}

export function targetsOf(makefile: string): readonly Suggestion[] {
  const names = new Set<string>();
  // "name: …" and "name other: …", but not "NAME := value", ".PHONY:" or "%.o:".
  for (const [, left] of makefile.matchAll(/^([A-Za-z0-9_][^\n:=#$%\t]*)::?(?![:=])/gm)) {
    for (const name of left!.trim().split(/ +/)) if (/^[A-Za-z0-9_][\w./-]*$/.test(name)) names.add(name);
  }
  return [...names].map((name) => ({ label: `make ${name}`, detail: "Makefile", command: ["make", name] }));
}
