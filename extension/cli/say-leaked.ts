import type { LeakScan } from "#core/run/leaked-files.ts";
import { visible } from "#core/run/visible-text.ts";
import { type Context, formatContext } from "#core/vault/context.ts";
import { say } from "./print.ts";

/** After a command or shell: which files hold values now, and what to do about it. */
export function sayLeaked(context: Context, { files, incomplete, unread = [] }: LeakScan): void {
  if (files.length > 0) {
    say(
      `ov: values were left in ${files.length} file${files.length === 1 ? "" : "s"} here, where any program reads them:`,
    );
    for (const { path, names } of files) say(`  ${visible(path)}: ${names.join(", ")}`);
    const [name] = files[0]!.names;
    say(
      `Remove them, and give the secrets new values, such as by "ov secret rotate ${formatContext(context)}/${name}".`,
    );
  }
  // In a script nobody asked for it.
  if (incomplete === undefined || !process.stderr.isTTY) return;
  say(`ov: not every changed file was looked at (${incomplete}).`);
  for (const path of unread) say(`  not looked into: ${visible(path)}`);
}
