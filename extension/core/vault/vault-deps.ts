import type { DeviceState, Store } from "../store/store.ts";

/** What a vault needs from outside: where ciphertext lies, what this device remembers, and the time (ms since 1970). */
export interface VaultDeps {
  readonly store: Store;
  readonly device: DeviceState;
  readonly now: () => number;
}
