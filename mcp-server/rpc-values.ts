/** JSON with bytes in it: each is `{"$bytes": base64}`. An absent argument is null. */
export function toJson(value: unknown): unknown {
  if (value instanceof Uint8Array) return { $bytes: Buffer.from(value).toString("base64") };
  if (Array.isArray(value)) return value.map(toJson);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, entry]) => [key, toJson(entry)]));
}

export function fromJson(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(fromJson);
  if (typeof value !== "object" || value === null) return value;
  const entries = Object.entries(value);
  const [first] = entries;
  if (entries.length === 1 && first?.[0] === "$bytes" && typeof first[1] === "string") {
    return new Uint8Array(Buffer.from(first[1], "base64"));
  }
  return Object.fromEntries(entries.map(([key, entry]) => [key, fromJson(entry)]));
}
