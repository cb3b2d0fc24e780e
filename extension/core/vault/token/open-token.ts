import { wipe } from "../../crypto/wipe.ts";
import { MemoryDeviceState } from "../../store/memory-device-state.ts";
import { entriesOf } from "../../store/remote/answers.ts";
import { asBytes } from "../../store/remote/json-shape.ts";
import { errorOf } from "../../store/remote/problem.ts";
import { type KeyMemory, SealedClient } from "../../store/remote/sealed-client.ts";
import { badAnswer } from "../../store/remote/server-error.ts";
import { TokenStore } from "../../store/remote/token-store.ts";
import { isVaultError, VaultError } from "../../vault-error.ts";
import { auditHash, readAuditPlace } from "../audit-entry.ts";
import { AUDIT_SERIES } from "../audit-log.ts";
import type { Context } from "../context.ts";
import { OpenAccount } from "../open-account.ts";
import { Session } from "../session.ts";
import { tokenAccount } from "./token-account.ts";
import { openBundle } from "./token-bundle.ts";
import { type TokenCode, tokenKeys, wipeTokenKeys } from "./token-code.ts";

/** A session that reads by a token, and what the token is for. */
export interface TokenSession {
  readonly session: Session;
  /** As an admin named it. */
  readonly name: string;
  readonly contexts: readonly Context[];
  close(): void;
}

/**
 * Opens what a token may read: no password, no file, no state. Everything is verified as for a person's vault, but one
 * thing: a process that remembers nothing can't tell an older state of the server from the newest (SECURITY.md).
 */
export async function openToken(code: TokenCode, now: () => number): Promise<TokenSession> {
  const keys = tokenKeys(code.secret);
  const client = new SealedClient({ url: code.url, pin: code.serverId, memory: noMemory(), now });
  const key = { id: Buffer.from(code.id, "hex"), secret: keys.transport };
  try {
    const [first, last] = await Promise.all([
      client.call({ method: "GET", path: "/token", device: key }),
      client.call({ method: "GET", path: `/audit?device=${code.id}&last=1`, device: key }),
    ]);
    if ("code" in first) throw errorOf(first, "the token");
    if ("code" in last) throw errorOf(last, "the audit log");
    const sealed = asBytes(first.body?.bundle, MAX_BUNDLE);
    if (sealed === undefined) throw badAnswer("the token");
    const bundle = openBundle(keys.bundle, code.id, sealed);
    const { accountKey, sealed: account } = tokenAccount(code.id, keys.kemSeed, bundle);
    const store = new TokenStore(client, key, account);
    const device = new MemoryDeviceState(code.id);
    await rememberEnd(device, code, entriesOf(last.body, undefined));
    const deps = { store, device, now };
    const opened = await OpenAccount.open(deps, accountKey, account);
    const session = new Session(deps, opened);
    return {
      session,
      name: bundle.name,
      contexts: bundle.environments.map(({ names }) => names),
      close: () => {
        session.lock();
        client.close();
        wipeTokenKeys(keys);
      },
    };
  } catch (error) {
    client.close();
    wipeTokenKeys(keys);
    throw isVaultError(error, "login-failed") ? notTaken(code.url) : error;
  } finally {
    wipe(code.secret);
  }
}

/** The next entry is written after the last one: a machine has no other way to know of it. */
async function rememberEnd(
  device: MemoryDeviceState,
  { id }: TokenCode,
  entries: readonly { readonly seq: number; readonly entry: Uint8Array }[],
): Promise<void> {
  const last = entries.at(-1);
  if (last === undefined) return;
  const place = readAuditPlace(last.entry);
  if (place.device !== id || place.seq !== last.seq) throw badAnswer("the audit log");
  const hash = auditHash(place.previous, last.entry).toString("hex");
  await device.remember(id, AUDIT_SERIES, { counter: last.seq, hash });
}

function noMemory(): KeyMemory {
  return {
    read: async () => undefined,
    write: async () => {},
    sequence: async () => 0,
    remember: async () => {},
  };
}

/** Which of them it is, the server tells nobody. */
function notTaken(url: string): VaultError {
  return new VaultError(
    "login-failed",
    `${url} doesn't take this token: it was revoked, it has expired, or it may not be used from this address. "ov token list" of an admin tells which.`,
  );
}

const MAX_BUNDLE = 16 << 10;
