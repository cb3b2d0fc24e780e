import assert from "node:assert/strict";
import { type Api, type ApiOptions, startApi } from "../../api-server/start-api.ts";
import { temporaryFolder } from "../temporary-folder.ts";
import { accountBody, commitBody } from "./conformance.ts";
import { type RecordedVault, recordVault } from "./recorded-vault.ts";
import { type Caller, callerOf, type Device, newDevice } from "./sealed-caller.ts";

/** A server of this process, with one account and its first device. */
export interface ServedVault {
  readonly api: Api;
  readonly options: ApiOptions;
  readonly caller: Caller;
  readonly device: Device;
  readonly vault: RecordedVault;
  /** The path of the vault's one environment. */
  readonly path: string;
}

/** Starts one, and writes the vault's first `commits` to it. */
export async function serveVault(changes: Partial<ApiOptions> = {}, commits = 0): Promise<ServedVault> {
  const options = { folder: temporaryFolder("ov-operation-"), ...changes };
  const api = await startApi(options);
  const vault = await recordVault(Math.max(8, commits + 1));
  const [caller, device] = [callerOf(api.url, api.serverId), newDevice()];
  const created = await caller.call("PUT", `/accounts/${vault.account}`, { body: accountBody(vault, device) });
  assert.equal(created.status, 201);
  const path = `/environments/${vault.commits[0]!.environment}`;
  for (const commit of vault.commits.slice(0, commits)) {
    assert.equal((await caller.call("PUT", path, { device, body: commitBody(commit) })).status, 200);
  }
  return { api, options, caller, device, vault, path };
}
