import { execFile, execFileSync } from "node:child_process";
import { randomBytes } from "node:crypto";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

/** The bundled `ov`, as it ships. */
export const OV = fileURLToPath(new URL("../../dist/ov.js", import.meta.url));

/** A vault in a folder of its own, unlocked by an agent process, with one secret in shop/dev. */
export class DemoVault {
  readonly folder = mkdtempSync(join(tmpdir(), "ov-end-to-end-"));
  readonly password = `pw-${randomBytes(12).toString("base64url")}`;
  readonly secret = `sk_live_${randomBytes(18).toString("hex")}`;
  readonly env: NodeJS.ProcessEnv;
  /** What `ov` runs in. */
  readonly node: string;

  constructor(extra: Readonly<Record<string, string>> = {}, node = process.execPath) {
    this.node = node;
    const askpass = join(this.folder, "askpass");
    writeFileSync(askpass, `#!/bin/sh\nprintf %s '${this.password}'\n`, { mode: 0o700 });
    this.env = { ...process.env, ...extra, OV_HOME: this.folder };
    const withPassword = { ...this.env, OV_ASKPASS: askpass };
    this.ov(["vault", "init", "--recovery-file", join(this.folder, "recovery.txt")], { env: withPassword });
    rmSync(join(this.folder, "recovery.txt"));
    this.ov(["unlock"], { env: withPassword });
    rmSync(askpass);
    this.ov(["env", "create", "shop/dev"]);
    this.ov(["secret", "create", "shop/dev/STRIPE_KEY", "--stdin"], { input: this.secret });
  }

  ov(args: readonly string[], options: { readonly env?: NodeJS.ProcessEnv; readonly input?: string } = {}): string {
    const { env = this.env, input = "" } = options;
    return execFileSync(this.node, [OV, ...args], {
      env,
      input,
      encoding: "utf8",
      cwd: this.folder,
      stdio: ["pipe", "pipe", "pipe"],
    });
  }

  async run(command: string, args: readonly string[]): Promise<string> {
    const { stdout } = await promisify(execFile)(command, args, {
      env: this.env,
      cwd: this.folder,
      encoding: "utf8",
      timeout: 60_000,
    });
    return stdout;
  }

  close(): void {
    this.ov(["lock"]);
    rmSync(this.folder, { recursive: true, force: true });
  }
}
