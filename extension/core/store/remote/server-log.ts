import { sha256 } from "../../crypto/hash.ts";
import { pae, u64 } from "../../crypto/pae.ts";
import { verify } from "../../crypto/signature.ts";
import { VaultError } from "../../vault-error.ts";
import type { Id } from "../store.ts";
import type { ServedEntry } from "./answers.ts";
import { asBytes, asCount, asHash, asIdOf, asList, asNumber, asObject, type Json } from "./json-shape.ts";
import type { RemoteLink } from "./remote-link.ts";
import { badAnswer } from "./server-error.ts";

/** One line of the server's own record: which device did what, when. It knows no names. */
export interface ServerLogEntry {
  readonly seq: number;
  readonly time: number;
  readonly who: Id;
  readonly action: string;
  readonly environment: Id | undefined;
}

/** The server's whole log of this account, every signature and every link of its chain checked. */
export async function readServerLog(link: RemoteLink, after = 0, start = NO_HASH): Promise<ServerLog> {
  const identity = await link.client.identity();
  const entries: ServerLogEntry[] = [];
  let hash = start;
  for (let last = after; ; ) {
    const { body } = await link.require({ method: "GET", path: `/log?after=${last}` }, "its log");
    const page = pageOf(body);
    for (const { entry, previous, signature } of page) {
      const message = messageOf(link.account, entry, previous);
      if (entry.seq !== last + 1 || previous !== hash || !verify(identity, signature, message)) throw broken();
      hash = sha256(pae("ov-log-entry/1", message, signature)).toString("hex");
      last = entry.seq;
      entries.push(entry);
    }
    if (page.length === 0) return { entries, last, hash };
  }
}

export interface ServerLog {
  readonly entries: readonly ServerLogEntry[];
  /** For asking what came later, as a part of the same chain. */
  readonly last: number;
  readonly hash: string;
}

/** Whether the server signed that it got this entry at this time. */
export async function requireCountersigned(
  link: RemoteLink,
  device: Id,
  served: readonly ServedEntry[],
): Promise<void> {
  const identity = await link.client.identity();
  for (const { seq, entry, receivedAt, signature } of served) {
    const [account, by] = [Buffer.from(link.account, "hex"), Buffer.from(device, "hex")];
    const message = pae("ov-audit/1", account, by, u64(seq), entry, u64(receivedAt));
    if (!verify(identity, signature, message)) throw broken();
  }
}

function pageOf(body: Json | undefined) {
  const page = asList(body?.entries, MAX_PAGE, (value) => {
    const fields = asObject(value);
    const [seq, time, who] = [asCount(fields?.seq), asNumber(fields?.time), asIdOf(fields?.who)];
    const [previous, signature] = [asHash(fields?.previous), asBytes(fields?.signature, 64)];
    const action =
      typeof fields?.action === "string" && /^[a-z.-]{1,64}$/.test(fields.action) ? fields.action : undefined;
    const environment = asIdOf(fields?.environment);
    if (seq === undefined || time === undefined || who === undefined || action === undefined) return undefined;
    if (previous === undefined || signature === undefined) return undefined;
    return { entry: { seq, time, who, action, environment }, previous, signature };
  });
  if (page === undefined) throw badAnswer("its log");
  return page;
}

function messageOf(account: Id, entry: ServerLogEntry, previous: string): Buffer {
  const hex = (text: string): Buffer => Buffer.from(text, "hex");
  const { seq, time, who, action, environment } = entry;
  return pae("ov-log/1", hex(account), u64(seq), u64(time), hex(who), action, hex(environment ?? ""), hex(previous));
}

function broken(): VaultError {
  return new VaultError(
    "rolled-back",
    "The server's log is not one chain signed by it: entries were changed, left out or put in. Ask the one who runs it; your own audit log is checked apart from it.",
  );
}

const NO_HASH = "0".repeat(64);
const MAX_PAGE = 1000;
