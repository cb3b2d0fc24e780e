/**
 * A typed line as a program and its arguments, for which no shell runs: words between spaces, in "…" or '…' where they
 * hold spaces. undefined = it is empty, a quote is open, or it means something to a shell, which would be lost.
 */
export function commandWords(line: string): readonly string[] | undefined {
  const words: string[] = [];
  let word: string | undefined;
  for (let at = 0; at < line.length; at++) {
    const char = line[at]!;
    if (char === '"' || char === "'") {
      const end = line.indexOf(char, at + 1);
      if (end < 0) return undefined;
      const quoted = line.slice(at + 1, end);
      if (char === '"' && /[$`\\]/.test(quoted)) return undefined;
      word = (word ?? "") + quoted;
      at = end;
    } else if (/\s/.test(char)) {
      if (word !== undefined) words.push(word);
      word = undefined;
    } else if (FOR_A_SHELL.has(char)) return undefined;
    else word = (word ?? "") + char;
  }
  if (word !== undefined) words.push(word);
  return words.length === 0 || words[0] === "" ? undefined : words;
}

/** The line that gives these words again, for who wants to change it; a word with both quotes has none. */
export function commandLine(words: readonly string[]): string {
  return words.map((word) => (commandWords(word)?.[0] === word ? word : `'${word}'`)).join(" ");
}

/** A backslash is a part of a path on Windows, and hides the character after it in a shell. */
const FOR_A_SHELL = new Set([..."|&;<>()$`*?[]{}~#!", ...(process.platform === "win32" ? [] : ["\\"])]);
