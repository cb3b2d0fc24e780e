import { randomBytes } from "node:crypto";
import { sha256 } from "#core/crypto/hash.ts";
import { newId, randomBuffer } from "#core/crypto/random.ts";
import type { Id } from "#core/store/store.ts";
import { type Account, sealAccount } from "#core/vault/account.ts";
import { EMPTY_DIRECTORY } from "#core/vault/directory.ts";
import { fingerprint, newIdentity, publicIdentity } from "#core/vault/identity.ts";
import { type Member, manifestHash, type Role, signManifest, type Token } from "#core/vault/manifest.ts";
import { type Device, newDevice } from "./sealed-caller.ts";

/** An account as a server sees one: an object, a login, a device. */
export interface Person {
  readonly account: Account;
  readonly fingerprint: Buffer;
  readonly device: Device;
  readonly proof: Buffer;
  /** The body that creates it. */
  readonly body: object;
}

export function newPerson(invite?: { readonly id: string; readonly proof: string }): Person {
  const seeds = newIdentity();
  const identity = publicIdentity(seeds);
  const account: Account = {
    ...{ account: newId(), vault: newId(), slots: [], identity, seeds, keys: new Map(), directory: EMPTY_DIRECTORY },
  };
  const [device, proof] = [newDevice(), randomBytes(32)];
  const body = {
    object: text(sealAccount(randomBuffer(32), account, 1, undefined)),
    login: { salt: text(randomBytes(16)), profile: 1, verifier: text(sha256(proof)) },
    device: { id: device.id, secret: text(device.secret) },
    ...(invite && { invite }),
  };
  return { account, fingerprint: fingerprint(account.account, identity), device, proof, body };
}

/** An empty environment's next manifest. */
export interface NextHead {
  readonly by: Person;
  readonly environment: Id;
  readonly members: readonly (readonly [Person, Role])[];
  readonly tokens?: readonly Token[];
  readonly epoch?: number;
  readonly before?: { readonly counter: number; readonly head: Buffer };
}

export function nextHead(next: NextHead): { readonly counter: number; readonly head: Buffer; readonly body: object } {
  const { by, environment, tokens = [], epoch = 1, before } = next;
  const members: Member[] = next.members.map(([person, role]) => ({ fingerprint: person.fingerprint, role }));
  const counter = (before?.counter ?? 0) + 1;
  const head = signManifest(
    {
      ...{ vault: by.account.vault, app: by.account.vault, environment, epoch, counter },
      previous: before === undefined ? Buffer.alloc(32) : manifestHash(before.head),
      ...{ minProfile: 1, members, tokens, itemCount: 0, itemsRoot: sha256(Buffer.alloc(0)), auditHeads: [] },
      ...{ time: Date.now(), author: by.fingerprint },
    },
    by.account.seeds.sign,
    randomBytes(32),
  );
  const writeId = randomBytes(16).toString("hex");
  const body = { expected_counter: counter - 1, head: text(head), items: "", records: [], write_id: writeId };
  return { counter, head, body };
}

export function text(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString("base64url");
}
