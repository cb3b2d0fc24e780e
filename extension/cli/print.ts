import { styleText } from "node:util";
import { onOneLine } from "#core/run/visible-text.ts";

/** What a command was asked for goes to stdout; everything else a person reads goes to stderr, by `say`. */
export function print(text: string): void {
  process.stdout.write(`${text}\n`);
}

export function printJson(value: unknown): void {
  print(JSON.stringify(value, null, 2));
}

export function say(text: string): void {
  process.stderr.write(`${text}\n`);
}

/** Columns as wide as their widest cell. Control characters can't move the cursor of a person's terminal. */
export function printTable(head: readonly string[], rows: readonly (readonly string[])[]): void {
  const cells = rows.map((row) => row.map(onOneLine));
  const widths = head.map((title, column) => Math.max(title.length, ...cells.map((row) => row[column]?.length ?? 0)));
  const line = (row: readonly string[]): string =>
    row
      .map((cell, column) => cell.padEnd(widths[column]!))
      .join("  ")
      .trimEnd();
  print(style("dim", line(head)));
  for (const row of cells) print(line(row));
}

export function formatTime(ms: number): string {
  const time = new Date(ms);
  return `${time.toISOString().slice(0, 10)} ${time.toISOString().slice(11, 19)}Z`;
}

/** Colour only where the stream is a terminal that wants it (NO_COLOR, TERM=dumb). */
export function style(
  format: Parameters<typeof styleText>[0],
  text: string,
  stream: NodeJS.WriteStream = process.stdout,
): string {
  return stream.isTTY && process.env.TERM !== "dumb" ? styleText(format, text, { stream }) : text;
}
