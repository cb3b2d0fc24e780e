import {
  createApp,
  createEnvironment,
  deleteApp,
  deleteEnvironment,
  listApps,
  turnEnvironmentEpoch,
} from "../../vault/apps.ts";
import { changeSettings } from "../../vault/environment-settings.ts";
import { readPolicy } from "../lease-gate.ts";
import { decodePolicy, encodePolicy } from "../policy-format.ts";
import type { VaultAccess } from "../vault-access.ts";
import type { HeldVault } from "./held-vault.ts";

/** Apps, environments and their policies. */
export function environmentMethods(held: HeldVault) {
  return {
    apps: () => listApps(held.used()),
    createApp: (app) => createApp(held.used(), app),
    deleteApp: (app) => deleteApp(held.used(), app),
    createEnvironment: (context) => createEnvironment(held.used(), context),
    deleteEnvironment: (context) => deleteEnvironment(held.used(), context),
    turnEpoch: (context) => turnEnvironmentEpoch(held.used(), context),
    policy: (context) => readPolicy(held.used(), context),
    setPolicy: async (context, policy, password) => {
      await changeSettings(await held.proved(password), context, "policy", (before) => {
        // Rules of a newer version must not be lost by an older one.
        if (before !== undefined) decodePolicy(before);
        return encodePolicy(policy);
      });
    },
  } satisfies Partial<VaultAccess>;
}
