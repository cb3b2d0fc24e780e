/** What a person typed, with commas or spaces between. None = from everywhere. */
export function rangesOf(text: string): readonly string[] {
  return text.split(/[\s,;]+/).filter((range) => range !== "");
}
