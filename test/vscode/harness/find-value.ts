import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { Sighting } from "./spy.ts";

/** Where a value is among what the spy saw: as it is, reversed, or in an encoding that any reader undoes. */
export function sightingsOf(value: string, seen: readonly Sighting[]): readonly string[] {
  const shapes = shapesOf(value);
  return seen.flatMap(({ where, what }) => {
    // Both as JSON has it and with its strings as they are, since JSON escapes.
    const text = `${JSON.stringify(what) ?? ""}\n${stringsOf(what).join("\n")}`;
    return shapes.filter(([, shape]) => text.includes(shape)).map(([name]) => `${where}: ${name}`);
  });
}

/** The files below a folder that hold the value, in the same shapes. Looks again where some went while it looked. */
export function filesWith(value: string, folder: string): readonly string[] {
  const shapes = shapesOf(value).map(([, shape]) => Buffer.from(shape, "utf8"));
  for (let tries = 1; ; tries++) {
    try {
      return readdirSync(folder, { recursive: true, withFileTypes: true })
        .filter((entry) => entry.isFile())
        .map((entry) => join(entry.parentPath, entry.name))
        .filter((file) => {
          const bytes = readFileSync(file);
          return shapes.some((shape) => bytes.includes(shape));
        });
    } catch (error) {
      // VS Code and its browser rename what they have written.
      if ((error as NodeJS.ErrnoException).code !== "ENOENT" || tries === 20) throw error;
    }
  }
}

function shapesOf(value: string): readonly (readonly [string, string])[] {
  const bytes = Buffer.from(value, "utf8");
  const base64 = [0, 1, 2].map((offset) => base64Within(bytes, offset));
  return [
    ["plain", value],
    ["reversed", [...value].reverse().join("")],
    ["hex", bytes.toString("hex")],
    ["HEX", bytes.toString("hex").toUpperCase()],
    ["percent", encodeURIComponent(value)],
    ["JSON", JSON.stringify(value).slice(1, -1)],
    ...base64.map((text) => ["base64", text] as const),
    ...base64.map((text) => ["base64url", text.replaceAll("+", "-").replaceAll("/", "_")] as const),
  ];
}

/** The part of a longer text's base64 that depends on the value alone, if it starts `offset` bytes into a group of 3. */
function base64Within(bytes: Buffer, offset: number): string {
  const text = Buffer.concat([Buffer.alloc(offset), bytes])
    .toString("base64")
    .replace(/=+$/, "");
  return text.slice(offset === 0 ? 0 : offset + 1, bytes.length % 3 === (3 - offset) % 3 ? undefined : -1);
}

function stringsOf(what: unknown): readonly string[] {
  if (typeof what === "string") return [what];
  if (typeof what !== "object" || what === null) return [];
  return Object.entries(what).flatMap(([name, inner]) => [name, ...stringsOf(inner)]);
}
