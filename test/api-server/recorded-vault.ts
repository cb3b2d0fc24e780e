import { join } from "node:path";
import { sha256 } from "#core/crypto/hash.ts";
import { passphraseKey } from "#core/crypto/passphrase-key.ts";
import { localAccess } from "#core/run/local-access.ts";
import { openDeviceState } from "#core/store/device-state.ts";
import { openFileStore } from "#core/store/file-store.ts";
import type { Id, NewRecord } from "#core/store/store.ts";
import { readSealedAccount } from "#core/vault/account.ts";
import { requireContext, requireSecretName } from "#core/vault/context.ts";
import { parseRecoveryCode } from "#core/vault/recovery-code.ts";
import { loginProof, recoveryProof } from "#core/vault/slot.ts";
import { createVault } from "#core/vault/vault.ts";
import { temporaryFolder } from "../temporary-folder.ts";

export interface RecordedCommit {
  readonly environment: Id;
  readonly expected: number;
  readonly head: Uint8Array;
  readonly items: Uint8Array;
  readonly records: readonly NewRecord[];
}

/** What a real vault wrote to its store, in order, to be sent to a server. */
export interface RecordedVault {
  readonly account: Id;
  readonly accounts: readonly Uint8Array[];
  readonly commits: readonly RecordedCommit[];
  readonly login: {
    readonly salt: Buffer;
    readonly profile: number;
    readonly verifier: Buffer;
    readonly proof: Buffer;
    /** Of the recovery code. */
    readonly recoveryProof: Buffer;
  };
}

/** A vault with shop/dev, in which a secret is written `writes` times. */
export async function recordVault(writes: number, value = "sk_test_Zq8mB2xT7wPn4Lk9"): Promise<RecordedVault> {
  const folder = temporaryFolder("ov-recorded-");
  const accounts: Uint8Array[] = [];
  const commits: RecordedCommit[] = [];
  const real = openFileStore(join(folder, "vault"));
  const store = new Proxy(real, {
    get(target, name) {
      if (name === "writeAccount") {
        return async (expected: number, bytes: Uint8Array) => {
          await target.writeAccount(expected, bytes);
          accounts.push(Uint8Array.from(bytes));
        };
      }
      if (name === "commit") {
        return async (
          environment: Id,
          expected: number,
          manifest: Pick<RecordedCommit, "head" | "items">,
          records: readonly NewRecord[],
        ) => {
          await target.commit(environment, expected, manifest, records);
          const copied = records.map((record) => ({ ...record, bytes: Uint8Array.from(record.bytes) }));
          commits.push({ environment, expected, ...manifest, records: copied });
        };
      }
      const member: unknown = Reflect.get(target, name);
      return typeof member === "function" ? member.bind(target) : member;
    },
  });
  const password = Buffer.from("four random words do");
  const { session, recoveryCode } = await createVault(
    { store, device: openDeviceState(join(folder, "device")), now: Date.now },
    password,
  );
  const access = localAccess(session, { idleMs: 60_000 });
  const context = requireContext("shop", "dev");
  await access.createEnvironment(context);
  for (let count = 0; count < writes; count++) {
    await access.write(context, "upsert", [
      { name: requireSecretName("STRIPE_KEY"), value: Buffer.from(`${value}${count}`) },
    ]);
  }
  await access.lock();
  const { account, slots } = readSealedAccount(accounts[0]!);
  const slot = slots.find(({ kind }) => kind === "password")!;
  const kek = await passphraseKey(password, Buffer.from(account, "hex"), slot.salt, 1);
  const proof = loginProof(kek);
  const byCode = recoveryProof(account, parseRecoveryCode(recoveryCode));
  const login = {
    ...{ salt: Buffer.from(slot.salt), profile: 1, verifier: sha256(proof), proof },
    recoveryProof: byCode,
  };
  return { account, accounts, commits, login };
}
