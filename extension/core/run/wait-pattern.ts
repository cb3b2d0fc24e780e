/**
 * What `wait_for` matches: text, in which `*` stands for anything. Not a regular expression, because a pattern that an
 * agent writes could keep the process busy for hours; this one takes a single pass.
 */
export function waitPattern(pattern: string): (text: string) => boolean {
  const parts = pattern.split("*");
  return (text) => {
    let from = 0;
    return parts.every((part) => {
      const at = text.indexOf(part, from);
      from = at + part.length;
      return at >= 0;
    });
  };
}
