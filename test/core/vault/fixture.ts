import { createEnvironment } from "#core/vault/apps.ts";
import { parseContext, requireSecretName } from "#core/vault/context.ts";
import { writeDrafts } from "#core/vault/secret-write.ts";
import type { Session } from "#core/vault/session.ts";
import { createVault } from "#core/vault/vault.ts";
import type { VaultDeps } from "#core/vault/vault-deps.ts";
import { MemoryDevice, MemoryStore } from "./memory-store.ts";

export const PASSWORD = Buffer.from("correct horse battery");
export const DEV = parseContext("shop/dev");
export const STAGING = parseContext("shop/staging");
export const PRODUCTION = parseContext("shop/production");
export const KEY = requireSecretName("STRIPE_KEY");
export const OTHER = requireSecretName("DATABASE_URL");

export interface Fixture {
  readonly store: MemoryStore;
  readonly device: MemoryDevice;
  readonly deps: VaultDeps;
  readonly session: Session;
  readonly recoveryCode: string;
  /** Moves the clock (ms). */
  readonly pass: (ms: number) => void;
}

/** A new vault with the environment shop/dev. */
export async function newVault(): Promise<Fixture> {
  const store = new MemoryStore();
  const device = new MemoryDevice();
  let time = Date.UTC(2026, 10, 1);
  const deps = { store, device, now: () => time };
  const { session, recoveryCode } = await createVault(deps, PASSWORD);
  await createEnvironment(session, DEV);
  const pass = (ms: number) => {
    time += ms;
  };
  return { store, device, deps, session, recoveryCode, pass };
}

export async function put(
  session: Session,
  name: typeof KEY,
  value: string | Uint8Array,
  context = DEV,
): Promise<number> {
  const [written] = await writeDrafts(session, context, "upsert", [{ name, value: Buffer.from(value) }]);
  return written!.version;
}
