import { readdirSync, readFileSync } from "node:fs";

/** Processes whose command line or environment holds the text, by what it was found in. */
export function processesWith(text: string): { readonly pid: number; readonly where: "cmdline" | "environ" }[] {
  const found: { pid: number; where: "cmdline" | "environ" }[] = [];
  for (const pid of readdirSync("/proc")
    .map(Number)
    .filter((number) => number > 0 && number !== process.pid)) {
    for (const where of ["cmdline", "environ"] as const) {
      try {
        if (readFileSync(`/proc/${pid}/${where}`).includes(text)) found.push({ pid, where });
      } catch {
        // It ended in the meantime.
      }
    }
  }
  return found;
}
