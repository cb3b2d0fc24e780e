import { visible } from "#core/run/visible-text.ts";

/** Text of an agent or a client as a person may see it: one line, nothing hidden, at most `max` characters and a note. */
export function shortLine(text: string, max: number): string {
  const shown = visible(text.length > max * 2 ? text.slice(0, max * 2) : text);
  const kept = [...shown].slice(0, max).join("");
  return kept === shown && text.length <= max * 2 ? shown : `${kept}… (cut)`;
}
