/** The named references that escaping libraries write for ASCII, and the ones that stand for nothing visible. */
const NAMED = new Map<string, number>(
  `amp 38 lt 60 gt 62 quot 34 apos 39 nbsp 32 ensp 32 emsp 32 thinsp 32 shy 32 zwnj 32 zwj 32 Tab 9 NewLine 10 excl 33
  num 35 dollar 36 percnt 37 lpar 40 rpar 41 ast 42 midast 42 plus 43 comma 44 period 46 sol 47 colon 58 semi 59
  equals 61 quest 63 commat 64 lsqb 91 lbrack 91 bsol 92 rsqb 93 rbrack 93 Hat 94 lowbar 95 UnderBar 95 grave 96
  lcub 123 lbrace 123 verbar 124 vert 124 VerticalLine 124 rcub 125 rbrace 125 tilde 126 hyphen 45 dash 45 minus 45`
    .split(/\s+(?=[A-Za-z])/)
    .map((pair) => [pair.split(" ")[0]!, Number(pair.split(" ")[1])]),
);

/** The code point of `&body;`, or undefined. */
export function entity(body: string): number | undefined {
  if (!body.startsWith("#")) return NAMED.get(body);
  const number = /^#[xX]([0-9a-fA-F]{1,6})$/.exec(body);
  const point =
    number !== null ? Number.parseInt(number[1]!, 16) : /^#\d{1,7}$/.test(body) ? Number(body.slice(1)) : -1;
  return point >= 0 && point <= 0x10ffff ? point : undefined;
}
