import { readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { asId, type Id } from "#core/store/store.ts";
import { VaultError } from "#core/vault-error.ts";
import type { Paths } from "./paths.ts";
import { writePrivateFile } from "./private-file.ts";

/** That this device is enrolled at a server. Which server, and its identity, stands in the user's configuration. */
export interface ServerLogin {
  readonly account: Id;
  readonly vault: Id;
  readonly device: { readonly id: Id; readonly secret: Buffer };
}

/** The login, its cache and what waits to be sent: readable by this user alone. */
export function serverFolder(paths: Paths): string {
  return join(paths.state, "server");
}

/** undefined = nobody logged in here. */
export function readServerLogin(paths: Paths): ServerLogin | undefined {
  let text: string;
  try {
    text = readFileSync(fileOf(paths), "utf8");
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === "ENOENT") return undefined; // of the file system
    throw damaged(paths, cause);
  }
  try {
    const { account, vault, device, secret } = JSON.parse(text);
    const ids = [asId(account), asId(vault), asId(device)];
    const bytes = Buffer.from(String(secret), "base64url");
    const [first, second, third] = ids;
    if (first === undefined || second === undefined || third === undefined || bytes.length !== 32)
      throw new TypeError();
    return { account: first, vault: second, device: { id: third, secret: bytes } };
  } catch {
    throw damaged(paths); // no cause: its message may quote the file, which holds a secret
  }
}

export function writeServerLogin(paths: Paths, { account, vault, device }: ServerLogin): void {
  const secret = device.secret.toString("base64url");
  writePrivateFile(fileOf(paths), `${JSON.stringify({ account, vault, device: device.id, secret })}\n`);
}

/** The cache goes too. What the device has seen of the vault stays: no later server can bring back an older one. */
export function removeServerLogin(paths: Paths): void {
  rmSync(serverFolder(paths), { recursive: true, force: true });
}

function fileOf(paths: Paths): string {
  return join(serverFolder(paths), "login.json");
}

function damaged(paths: Paths, cause?: unknown): VaultError {
  return new VaultError("login-failed", `${fileOf(paths)} can't be read. Run "ov login" again.`, { cause });
}
