import { execFile } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";
import { localAccess } from "#core/run/local-access.ts";
import type { SecretInfo, VaultAccess } from "#core/run/vault-access.ts";
import { parseContext, requireSecretName } from "#core/vault/context.ts";
import { unlockVault } from "#core/vault/vault.ts";
import { findPaths } from "#mcp/device/paths.ts";
import { thisVault } from "#mcp/device/this-vault.ts";
import { PASSWORD } from "./seeded-vault.ts";
import type { VSCode } from "./vs-code.ts";

const SCRIPT = join(import.meta.dirname, "../../../dist/ov.js");

/** Runs the bundled `ov` as a terminal beside the window does: while that has the vault unlocked, without a password. */
export function ov({ ovHome, folder }: VSCode, args: readonly string[], input = ""): Promise<{ stdout: string }> {
  const env = { ...process.env, OV_HOME: ovHome };
  const child = promisify(execFile)(process.execPath, [SCRIPT, ...args], { env, cwd: folder });
  child.child.stdin?.end(input);
  return child;
}

/** Looks into the vault past the window: what is found here was stored. */
export async function inVault<T>({ ovHome }: VSCode, look: (access: VaultAccess) => Promise<T>): Promise<T> {
  const session = await unlockVault(await thisVault(findPaths({ OV_HOME: ovHome })), Buffer.from(PASSWORD));
  const access = localAccess(session, { idleMs: 60_000 });
  try {
    return await look(access);
  } finally {
    await access.lock();
  }
}

/** The value of a secret such as shop/dev/STRIPE_KEY, now or in an earlier version. */
export async function storedValue(code: VSCode, path: string, version?: number): Promise<string> {
  const [app, environment, name = ""] = path.split("/");
  const context = parseContext(`${app}/${environment}`);
  const bytes = await inVault(code, (access) =>
    access.reveal(context, requireSecretName(name), version, Buffer.from(PASSWORD)),
  );
  return Buffer.from(bytes).toString("utf8");
}

/** What is known of a live secret; undefined = there is none. */
export async function storedInfo(code: VSCode, path: string): Promise<SecretInfo | undefined> {
  const [app, environment, name] = path.split("/");
  const all = await inVault(code, (access) => access.list(parseContext(`${app}/${environment}`)));
  return all.find((secret) => secret.name === name);
}
