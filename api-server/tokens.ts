import type { Route } from "./sealed/route.ts";
import type { Sign } from "./storage/changes.ts";

/** Names of what Nest hands out. Bundled by esbuild there is no decorator metadata, so nothing is injected by its type. */
export const DATABASE = Symbol("database");
export const PEPPER = Symbol("pepper");
export const SIGN = Symbol("sign");
export const SETTINGS = Symbol("settings");
export const EPOCH = Symbol("epoch");
export const ACCOUNT_ROUTES = Symbol("account routes");
export const DEVICE_ROUTES = Symbol("device routes");
export const ENVIRONMENT_ROUTES = Symbol("environment routes");
export const AUDIT_ROUTES = Symbol("audit routes");
export const PEOPLE_ROUTES = Symbol("people routes");
export const CHANGE_ROUTES = Symbol("change routes");
export const EXPORT_ROUTES = Symbol("export routes");

/** The operations of one module. */
export type Routes = readonly Route[];
export type { Sign };

/** What a deployment may choose. */
export interface Settings {
  /** Whether anybody may create an account. Otherwise the first one closes the door. */
  readonly isOpen: boolean;
  /** Bytes of ciphertext for one account. */
  readonly quota: number;
}
