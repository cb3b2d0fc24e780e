import { spawn } from "node:child_process";
import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { NamedValue } from "../../extension/core/redact/matcher.ts";
import type { Fixture } from "./cases.ts";

export interface Output {
  readonly stdout: Uint8Array;
  readonly stderr: Uint8Array;
  /** What was read, in order. */
  readonly reads: readonly { readonly side: "stdout" | "stderr"; readonly bytes: Uint8Array }[];
}

/** The values of a fixture by the names under which the command sees them. */
export function valuesOf(fixture: Fixture): NamedValue[] {
  const values: NamedValue[] = [];
  if (fixture.SECRET !== undefined) values.push({ name: "SECRET", value: Buffer.from(fixture.SECRET) });
  if (fixture.SECRET2 !== undefined) values.push({ name: "SECRET2", value: Buffer.from(fixture.SECRET2) });
  if (fixture.SECRET_FILE_HEX !== undefined) {
    values.push({ name: "SECRET_FILE", value: Buffer.from(fixture.SECRET_FILE_HEX, "hex") });
  }
  return values;
}

/** Runs the command in bash with the fixture in its environment, in an empty folder that is gone afterwards. */
export async function runCase(command: string, fixture: Fixture): Promise<Output> {
  // The same name each time, so that it is no difference between the outputs for two values.
  const folder = join(tmpdir(), `leak-matrix-${process.pid}`);
  mkdirSync(folder);
  try {
    const file = join(folder, "secret");
    const bytes = fixture.SECRET_FILE_HEX === undefined ? Buffer.from(fixture.SECRET ?? "") : Buffer.from(fixture.SECRET_FILE_HEX, "hex");
    writeFileSync(file, bytes);
    const child = spawn("bash", ["-c", command], {
      cwd: folder,
      stdio: ["ignore", "pipe", "pipe"],
      env: {
        PATH: process.env.PATH,
        SECRET_FILE: file,
        ...(fixture.SECRET === undefined ? {} : { SECRET: fixture.SECRET }),
        ...(fixture.SECRET2 === undefined ? {} : { SECRET2: fixture.SECRET2 }),
      },
    });
    const reads: { side: "stdout" | "stderr"; bytes: Buffer }[] = [];
    for (const side of ["stdout", "stderr"] as const) {
      child[side].on("data", (bytes: Buffer) => reads.push({ side, bytes }));
    }
    await new Promise((resolve, reject) => child.on("close", resolve).on("error", reject));
    const all = (wanted: string): Buffer =>
      Buffer.concat(reads.filter(({ side }) => side === wanted).map(({ bytes }) => bytes));
    return { stdout: all("stdout"), stderr: all("stderr"), reads };
  } finally {
    rmSync(folder, { recursive: true });
  }
}
