import { spawn } from "node:child_process";
import { join } from "node:path";
import type { Ended, Home } from "../cli/fixtures/home.ts";

/** Runs a block in a home's project, without a terminal; OV_ASKPASS answers for the password. */
export function runBlock(home: Home, script: string, path: string): Promise<Ended> {
  return new Promise((resolve, reject) => {
    const child = spawn("/bin/sh", ["-ec", script], {
      cwd: home.project,
      env: { ...home.env, PATH: path, OV_ASKPASS: join(home.root, "askpass") },
      detached: true,
    });
    const out: Buffer[] = [];
    const err: Buffer[] = [];
    child.stdout.on("data", (chunk: Buffer) => out.push(chunk));
    child.stderr.on("data", (chunk: Buffer) => err.push(chunk));
    child.stdin.end();
    child.on("error", reject);
    child.on("close", (code) => {
      resolve({ code, stdout: Buffer.concat(out).toString("utf8"), stderr: Buffer.concat(err).toString("utf8") });
    });
  });
}
