import { sha256 } from "#core/crypto/hash.ts";
import { pae } from "#core/crypto/pae.ts";
import { Problem } from "../problem.ts";

/** What of an account object is readable without its key (docs/format.md), and all that the server needs of it. */
export interface AccountHead {
  readonly account: string;
  readonly counter: number;
  /** SHA-256 of the object before, hex; zeros in the first. */
  readonly previous: string;
  /** Ed25519: verifies what the account signs. */
  readonly signKey: Buffer;
  /** X-Wing: what grants to the account are sealed to. */
  readonly kemKey: Buffer;
  /** Names the account as an author; hex. */
  readonly fingerprint: string;
}

/** Refuses with `invalid` what is no whole account object. Its MAC only the account's own devices can check. */
export function readAccountHead(object: Buffer): AccountHead {
  const isWhole =
    object.length > SLOTS_AT + 64 &&
    object.subarray(0, 5).equals(MAGIC_AND_SUITE) &&
    sha256(object.subarray(0, -32)).equals(object.subarray(-32));
  if (!isWhole) throw new Problem("invalid");
  const account = object.subarray(5, 21);
  const signKey = object.subarray(77, 109);
  const kemKey = object.subarray(109, SLOTS_AT);
  return {
    account: account.toString("hex"),
    counter: Number(object.readBigUInt64BE(37)),
    previous: object.toString("hex", 45, 77),
    signKey,
    kemKey,
    fingerprint: sha256(pae("ov1/identity", account, signKey, kemKey)).toString("hex"),
  };
}

const MAGIC_AND_SUITE = Buffer.from("OVA1\x01", "latin1");
const SLOTS_AT = 109 + 1216;
