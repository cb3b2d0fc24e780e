/** Every string in a JSON value, keys of objects too, each once. */
export function textsOf(value: unknown): readonly string[] {
  const found = new Set<string>();
  visit(value, (text) => void found.add(text));
  return [...found].filter((text) => text.length >= SHORTEST && !isPicture(text));
}

/** The same value with these strings replaced. */
export function withTexts(value: unknown, replaced: ReadonlyMap<string, string>): unknown {
  if (typeof value === "string") return replaced.get(value) ?? value;
  if (Array.isArray(value)) return value.map((entry) => withTexts(entry, replaced));
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, entry]) => [replaced.get(key) ?? key, withTexts(entry, replaced)]),
  );
}

function visit(value: unknown, use: (text: string) => void): void {
  if (typeof value === "string") use(value);
  else if (Array.isArray(value)) for (const entry of value) visit(entry, use);
  else if (typeof value === "object" && value !== null) {
    for (const [key, entry] of Object.entries(value)) {
      use(key);
      visit(entry, use);
    }
  }
}

/** `A=1` is the shortest text that can show something. */
const SHORTEST = 3;

/** PNG, JPEG, GIF, WebP and PDF in base64: changed, the client could not show them, and they are no text. */
function isPicture(text: string): boolean {
  return text.length > 256 && /^(?:iVBORw0KGgo|\/9j\/|R0lGOD|UklGR|JVBERi0)[A-Za-z0-9+/]*={0,2}$/.test(text);
}
