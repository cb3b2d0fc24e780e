import { readFileSync } from "node:fs";

/** A file of test/vectors; SOURCES.md there says where each is from. Its shape is the caller's to know. */
export function readVectors<T>(file: string): T {
  return JSON.parse(readText(file)) as T;
}

/** The tests of a Wycheproof file, each with what its group says. */
export function wycheproof<Test, Group = unknown>(file: string): (Test & { readonly group: Group })[] {
  const { testGroups } = readVectors<{ testGroups: (Group & { tests: Test[] })[] }>(file);
  return testGroups.flatMap((group) => group.tests.map((test) => ({ ...test, group })));
}

/** Lines of the form `name = hex`. */
export function readNamedHex(file: string): Record<string, Buffer> {
  const lines = readText(file).matchAll(/^(\S+) = ([0-9a-f]+)\s*$/gm);
  return Object.fromEntries([...lines].map(([, name, digits]) => [name, hex(digits!)]));
}

export function readBytes(file: string): Buffer {
  return readFileSync(new URL(`../../vectors/${file}`, import.meta.url));
}

export function hex(digits: string): Buffer {
  return Buffer.from(digits, "hex");
}

function readText(file: string): string {
  return readBytes(file).toString("utf8");
}
