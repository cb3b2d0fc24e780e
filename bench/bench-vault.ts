import { execFileSync } from "node:child_process";
import { randomBytes } from "node:crypto";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Client } from "@modelcontextprotocol/client";
import { StdioClientTransport } from "@modelcontextprotocol/client/stdio";
import { localAccess } from "#core/run/local-access.ts";
import { openDeviceState } from "#core/store/device-state.ts";
import { openFileStore } from "#core/store/file-store.ts";
import { requireContext, requireSecretName } from "#core/vault/context.ts";
import { createVault } from "#core/vault/vault.ts";

export const CONTEXT = { app: "bench", environment: "dev" };

/** Secrets of a made-up size: 32 random bytes each, as base64url. */
export function madeUpSecrets(count: number): Readonly<Record<string, string>> {
  const names = Array.from({ length: count }, (_, index) => `SECRET_${index}`);
  return Object.fromEntries(names.map((name) => [name, randomBytes(32).toString("base64url")]));
}

/** A vault in a temporary folder, made in this process and used by the bundled `ov`. Locked at first. */
export class BenchVault {
  readonly folder = mkdtempSync(join(tmpdir(), "ov-bench-"));
  readonly #ov: string;
  readonly #askpass: string;

  private constructor(ov: string, password: string) {
    this.#ov = ov;
    this.#askpass = join(this.folder, "askpass");
    writeFileSync(this.#askpass, `#!/bin/sh\nprintf %s '${password}'\n`, { mode: 0o700 });
  }

  static async make(ov: string, secrets: Readonly<Record<string, string>>): Promise<BenchVault> {
    const password = randomBytes(15).toString("base64url");
    const vault = new BenchVault(ov, password);
    await fillVault(vault.folder, password, secrets);
    return vault;
  }

  get env(): Record<string, string> {
    return { PATH: process.env.PATH ?? "", HOME: this.folder, OV_HOME: this.folder };
  }

  /** A run looks for files that it left values in, and the vault's own are none of a project's. */
  get project(): string {
    return join(this.folder, "project");
  }

  /** From here on an agent process holds it unlocked. */
  unlock(): void {
    this.#run(["unlock", "--lock-after", "1440"], { ...this.env, OV_ASKPASS: this.#askpass });
  }

  /** An MCP client of `ov mcp serve`: of the agent where one holds the vault, else of a session of its own. */
  async connect(): Promise<Client> {
    const client = new Client({ name: "bench", version: "1" }, { capabilities: { elicitation: { form: {} } } });
    client.setRequestHandler("elicitation/create", () => ({
      action: "accept",
      content: { decision: `Approve every command in ${CONTEXT.app}/${CONTEXT.environment} for 1 hour, whoever asks` },
    }));
    const env = { ...this.env, OV_ASKPASS: this.#askpass };
    const args = [this.#ov, "mcp", "serve"];
    const cwd = this.project;
    mkdirSync(cwd, { recursive: true });
    await client.connect(new StdioClientTransport({ command: process.execPath, args, env, cwd }));
    // Opens the window in which nobody is asked; of one secret, since a thousand don't fit into a form.
    await runTrue(client, ["SECRET_0"]);
    return client;
  }

  /** Ends the agent, and everything else of it. */
  close(): void {
    this.#run(["lock"], this.env);
    rmSync(this.folder, { recursive: true, force: true });
  }

  #run(args: readonly string[], env: Record<string, string>): void {
    execFileSync(process.execPath, [this.#ov, ...args], { env, cwd: this.folder, stdio: ["ignore", "ignore", "pipe"] });
  }
}

/** `vault_run ["true"]`, with every secret of the environment unless some are named. */
export async function runTrue(client: Client, secrets?: readonly string[]): Promise<void> {
  const asked = { ...CONTEXT, command: ["true"], ...(secrets === undefined ? {} : { secrets }) };
  const result = await client.callTool({ name: "vault_run", arguments: asked });
  if (result.isError === true) throw new Error(JSON.stringify(result.content));
}

/** `folder` is what OV_HOME names. */
export async function fillVault(
  folder: string,
  password: string,
  secrets: Readonly<Record<string, string>>,
): Promise<void> {
  const store = openFileStore(join(folder, "vault"));
  const device = openDeviceState(join(folder, "state", "device"));
  const { session } = await createVault({ store, device, now: Date.now }, Buffer.from(password));
  const access = localAccess(session, { idleMs: 60 * 60_000 });
  const context = requireContext(CONTEXT.app, CONTEXT.environment);
  await access.createEnvironment(context);
  const drafts = Object.entries(secrets).map(([name, value]) => ({
    name: requireSecretName(name),
    value: Buffer.from(value),
  }));
  await access.write(context, "create", drafts);
  await access.lock();
}
