import { type KeyObject, verify } from "node:crypto";
import { pae, u64 } from "#core/crypto/pae.ts";
import { logHash, logMessage } from "../storage/changes.ts";
import type { Schema } from "../storage/schema.ts";
import type { Check, Tell } from "./content-check.ts";

export interface LogEnd {
  readonly seq: number;
  readonly hash: string;
}

/** The server's own log: each entry names the one before, is signed, and the account knows the last. */
export function logCheck(key: KeyObject, ends: Map<string, LogEnd>, tell: Tell): Check {
  let at = { account: "", seq: 0, hash: "" };
  const close = (): void => {
    const end = ends.get(at.account);
    ends.delete(at.account);
    if (end?.seq !== at.seq || end.hash !== at.hash) tell(`The log of account ${at.account} has not its own end.`);
  };
  return {
    row(row) {
      const entry = row as unknown as Schema["log"]; // the row of that table
      if (entry.account !== at.account && at.seq > 0) close();
      const before = entry.account === at.account ? at : { seq: 0, hash: "0".repeat(64) };
      const message = logMessage(entry);
      at = { account: entry.account, seq: entry.seq, hash: logHash(message, entry.signature) };
      const follows = entry.seq === before.seq + 1 && entry.previous === before.hash;
      if (!follows) tell(`Entry ${entry.seq} of the log of account ${entry.account} doesn't follow the one before.`);
      if (!verify(null, message, key, entry.signature)) {
        tell(`Entry ${entry.seq} of the log of account ${entry.account} is not signed by the server.`);
      }
    },
    end() {
      if (at.seq > 0) close();
      for (const [account, { seq }] of ends) if (seq > 0) tell(`Account ${account} has lost its log.`);
    },
  };
}

/** Entries of devices, each countersigned by the server. */
export function auditCheck(key: KeyObject, tell: Tell): Check {
  let at = { chain: "", seq: 0 };
  return {
    row(row) {
      const { account, device, seq, entry, received_at, signature } = row as unknown as Schema["audit"]; // the row of that table
      const chain = `${account}.${device}`;
      if (seq !== (chain === at.chain ? at.seq : 0) + 1)
        tell(`Audit entries of device ${device} are missing before ${seq}.`);
      at = { chain, seq };
      const hex = (text: string): Buffer => Buffer.from(text, "hex");
      const message = pae("ov-audit/1", hex(account), hex(device), u64(seq), entry, u64(received_at));
      if (!verify(null, message, key, signature)) {
        tell(`Audit entry ${seq} of device ${device} is not countersigned by the server.`);
      }
    },
  };
}
