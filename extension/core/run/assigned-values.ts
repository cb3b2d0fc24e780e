/**
 * What `text` assigns to one of `names`, as `NAME=value` of a .env file or a shell: start and end of each value. Values
 * that are no literals (`$OTHER`, `process.env.X`) stay. It depends on the names alone, which agents may know, and not
 * on what the vault has: so who tries texts out learns nothing.
 */
export function assignedValues(text: string, names: ReadonlySet<string>): readonly (readonly [number, number])[] {
  const found: (readonly [number, number])[] = [];
  for (const match of text.matchAll(ASSIGNMENT)) {
    const [whole, name, value] = match as unknown as readonly [string, string, string]; // both groups always take part
    if (!names.has(name) || REFERENCE.test(value)) continue;
    const end = match.index + whole.length;
    found.push([end - value.length, end]);
  }
  return found;
}

const ASSIGNMENT = /(?<![\w$.-])([A-Za-z_]\w{0,127})=("[^"\n]+"|'[^'\n]+'|[^\s"'`;&|<>()]+)/g;
const REFERENCE = /^["']?(?:\$|%\w+%|\{\{|\[redacted:|process\.|os\.|import\.|env[.[(]|ENV[.[(])/;
