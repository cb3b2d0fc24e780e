/** One of the things that are compared. */
export interface Way {
  readonly name: string;
  readonly run: () => Promise<unknown>;
}

/**
 * Median milliseconds of each way, by its name. They take turns, so that whatever else the machine does slows all of
 * them alike; the first rounds fill caches and are not counted.
 */
export async function takeTurns(
  ways: readonly Way[],
  rounds: number,
  warmups = 2,
): Promise<ReadonlyMap<string, number>> {
  const times = new Map<string, number[]>(ways.map(({ name }) => [name, []]));
  for (let round = -warmups; round < rounds; round++) {
    for (const { name, run } of ways) {
      const start = performance.now();
      await run();
      if (round >= 0) times.get(name)!.push(performance.now() - start);
    }
  }
  return new Map([...times].map(([name, all]) => [name, median(all)]));
}

export function median(numbers: readonly number[]): number {
  return [...numbers].sort((a, b) => a - b)[numbers.length >> 1]!;
}

/** Markdown. */
export function printTable(columns: readonly string[], rows: readonly (readonly string[])[]): void {
  for (const cells of [columns, columns.map(() => "---"), ...rows]) console.log(`| ${cells.join(" | ")} |`);
  console.log("");
}
