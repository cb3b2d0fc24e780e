import { execFileSync } from "node:child_process";
import { rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";

export const PASSWORD = "correct horse battery staple";

const OV = join(import.meta.dirname, "../../../dist/ov.js");

/** Makes a vault in `ovHome` by the bundled `ov`, with secrets by their paths (shop/dev/STRIPE_KEY), and leaves it locked. */
export function seedVault(ovHome: string, secrets: Readonly<Record<string, string>>): void {
  const askpass = join(ovHome, "askpass");
  const recovery = join(ovHome, "recovery.txt");
  writeFileSync(askpass, `#!/bin/sh\nprintf %s '${PASSWORD}'\n`, { mode: 0o700 });
  const env = { ...process.env, OV_HOME: ovHome, OV_ASKPASS: askpass };
  const ov = (args: readonly string[], input = "") =>
    execFileSync(process.execPath, [OV, ...args], { env, input, cwd: ovHome, stdio: ["pipe", "pipe", "pipe"] });
  ov(["vault", "init", "--recovery-file", recovery]);
  ov(["unlock"]);
  try {
    const environments = new Set(Object.keys(secrets).map((path) => path.split("/").slice(0, 2).join("/")));
    for (const environment of environments) ov(["env", "create", environment]);
    for (const [path, value] of Object.entries(secrets)) ov(["secret", "create", path, "--stdin"], value);
  } finally {
    ov(["lock"]);
    for (const file of [askpass, recovery]) rmSync(file);
  }
}
