import { join } from "node:path";
import { randomBuffer } from "#core/crypto/random.ts";
import { openDeviceState } from "#core/store/device-state.ts";
import { openFileStore } from "#core/store/file-store.ts";
import { enrolDevice } from "#core/store/remote/login.ts";
import { moveToServer } from "#core/store/remote/move-to-server.ts";
import { asId, type Id } from "#core/store/store.ts";
import { readSealedAccount } from "#core/vault/account.ts";
import { createEnvironment } from "#core/vault/apps.ts";
import type { Session } from "#core/vault/session.ts";
import { createVault, unlockVault } from "#core/vault/vault.ts";
import { connect, MemoryKeys } from "../../core/store/remote/fixtures/remote-client.ts";
import { DEV, KEY, PASSWORD, put } from "../../core/vault/fixture.ts";

/** A device with a real vault on a server, and where it keeps its state: enough for another process to go on. */
export interface RealDevice {
  readonly url: string;
  readonly serverId: string;
  readonly folder: string;
  readonly account: Id;
  readonly device: { readonly id: Id; readonly secret: string };
}

/** What has to be closed at the end. */
export interface Scope {
  after(close: () => void): void;
}

/** A vault with one secret, moved to a server. */
export async function realVault(
  scope: Scope,
  { url, serverId }: { readonly url: string; readonly serverId: string },
  folder: string,
): Promise<RealDevice> {
  const state = openDeviceState(join(folder, "state"));
  const local = openFileStore(join(folder, "local"));
  const source = { store: local, device: state, now: Date.now };
  const { session } = await createVault(source, PASSWORD);
  await createEnvironment(session, DEV);
  await put(session, KEY, "value 0");
  session.lock();
  const { account, vault } = readSealedAccount((await local.readAccount())!.bytes);
  const device = { id: await state.deviceId(), secret: randomBuffer(32) };
  const server = { url, serverId: Buffer.from(serverId, "hex") };
  const own = connect(scope, server, { folder, account, device });
  const fresh = connect(scope, server, { folder: join(folder, "fresh"), account, device });
  await moveToServer(source, own.store, own.link, device, PASSWORD, fresh.store);
  await state.forget(vault);
  return { url, serverId, folder, account, device: { id: device.id, secret: device.secret.toString("hex") } };
}

/** The same vault from another device, by its password. */
export async function secondDevice(
  scope: Scope,
  of: RealDevice,
  folder: string,
  now: () => number = Date.now,
): Promise<RealDevice> {
  const state = openDeviceState(join(folder, "state"));
  const nobody = { id: await state.deviceId(), secret: randomBuffer(32) };
  const server = { url: of.url, serverId: Buffer.from(of.serverId, "hex") };
  const { client } = connect(scope, server, { folder, account: of.account, device: nobody, now });
  const { device } = await enrolDevice(client, of.account, PASSWORD, state);
  return { ...of, folder, device: { id: device.id, secret: device.secret.toString("hex") } };
}

export async function unlockOn(
  scope: Scope,
  real: RealDevice,
  now: () => number = Date.now,
  reuseMs = 0,
): Promise<Session> {
  const device = { id: asId(real.device.id)!, secret: Buffer.from(real.device.secret, "hex") };
  const server = { url: real.url, serverId: Buffer.from(real.serverId, "hex") };
  const { folder, account } = real;
  const memory = new MemoryKeys();
  const { store } = connect(scope, server, { folder, account, device, memory, now, reuseMs, patience: PATIENCE });
  return unlockVault({ store, device: openDeviceState(join(folder, "state")), now }, PASSWORD);
}

const PATIENCE = { tries: 8, pauseMs: 20, longestMs: 300 };
