/** Where `import os` goes in a Python file whose credential stands at `before`; undefined = it is there. */
export function pythonImport(text: string, before: number): Insertion | undefined {
  if (/^import\s+(?:[\w.]+(?:\s+as\s+\w+)?\s*,\s*)*os(?:\.\w+)*\s*(?:[,;#]|\r?$)/m.test(text)) return undefined;
  const eol = lineEnd(text);
  const start = pythonStart(text);
  const body = text.slice(start, before);
  const first = /^(?:import\s|from\s+(?!__future__)\S+\s+import\b)/m.exec(body);
  if (first !== null) return { at: start + first.index, text: `import os${eol}` };
  const future = [...body.matchAll(/^from\s+__future__\s+import\b.*(?:\r?\n|$)/gm)].at(-1);
  return { at: future === undefined ? start : start + future.index + future[0].length, text: `import os${eol}${eol}` };
}

/** Where `"os"` goes in a Go file. */
export function goImport(text: string, before: number): Insertion | undefined {
  const head = text.slice(0, before);
  const block = /^import\s*\(\r?\n([\s\S]*?)^\)/m.exec(head);
  const eol = lineEnd(text);
  if (/^(?:import[ \t]+|[ \t]+)"os"[ \t]*(?:\/\/.*)?\r?$/m.test(block === null ? head : block[0])) return undefined;
  if (block !== null) return { at: block.index + block[0].length - block[1]!.length - 1, text: `\t"os"${eol}` };
  const single = /^import\s+(?:[\w.]+\s+)?"/m.exec(head);
  if (single !== null) return { at: single.index, text: `import "os"${eol}` };
  const declared = /^package\s+\w+[^\n]*\n/m.exec(head);
  return declared === null ? undefined : { at: declared.index + declared[0].length, text: `${eol}import "os"${eol}` };
}

interface Insertion {
  readonly at: number;
  readonly text: string;
}

/** Behind the comments on top and the module's docstring, both of which have to stay first. */
function pythonStart(text: string): number {
  const top = /^(?:\uFEFF)?(?:[ \t]*(?:#[^\n]*)?\r?\n)*/.exec(text)![0].length;
  const docstring = /^[rRuU]?("""|''')[\s\S]*?\1[^\n]*\n(?:[ \t]*\r?\n)*/.exec(text.slice(top));
  return top + (docstring?.[0].length ?? 0);
}

function lineEnd(text: string): string {
  return text.includes("\r\n") ? "\r\n" : "\n";
}
