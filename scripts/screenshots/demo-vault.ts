import { execFileSync } from "node:child_process";
import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { PASSWORD } from "../../test/vscode/harness/seeded-vault.ts";
import { DEMO_SECRETS } from "../vscode/demo-workspace.ts";

const OV = join(import.meta.dirname, "../../dist/ov.js");
const DAY = 24 * 60 * 60 * 1000;

/** The demo's vault with a past: secrets of different ages, one that is due for a new value, a decoy. It stays locked. */
export function makeDemoVault(ovHome: string): void {
  mkdirSync(ovHome, { recursive: true, mode: 0o700 });
  const askpass = join(ovHome, "askpass");
  const recovery = join(ovHome, "recovery.txt");
  writeFileSync(askpass, `#!/bin/sh\nprintf %s '${PASSWORD}'\n`, { mode: 0o700 });
  const ov = (daysAgo: number, args: readonly string[], input = "") => {
    const clock = `data:text/javascript,const{now}=Date;Date.now=()=>now()-${daysAgo * DAY}`;
    const env = { ...process.env, OV_HOME: ovHome, OV_ASKPASS: askpass, NODE_OPTIONS: `--import ${clock}` };
    execFileSync(process.execPath, [OV, ...args], { env, input, cwd: ovHome, stdio: ["pipe", "pipe", "pipe"] });
  };
  try {
    ov(130, ["vault", "init", "--recovery-file", recovery]);
    for (const environment of ["shop/dev", "shop/prod", "blog/dev"]) ov(130, ["env", "create", environment]);
    for (const [daysAgo, path, ...options] of PAST) {
      ov(daysAgo, ["secret", "create", path, "--stdin", ...options], DEMO_SECRETS[path] ?? "demo-decoy-2b7f94e1c05a");
    }
    ov(3, ["secret", "update", "shop/dev/STRIPE_KEY", "--stdin"], "demo-stripe-3f9b2c71d8e64a06");
  } finally {
    for (const file of [askpass, recovery]) rmSync(file, { force: true });
  }
}

const PAST: readonly (readonly [number, string, ...string[]])[] = [
  [120, "shop/dev/MAIL_TOKEN", "--rotate-after", "90"],
  [60, "shop/dev/STRIPE_KEY", "--tag", "billing", "--description", "Test mode, for charges"],
  [45, "blog/dev/GITHUB_TOKEN"],
  [30, "shop/prod/STRIPE_KEY", "--tag", "billing"],
  [20, "shop/dev/DATABASE_URL"],
  [12, "shop/dev/BACKUP_ADMIN_KEY", "--canary"],
];
