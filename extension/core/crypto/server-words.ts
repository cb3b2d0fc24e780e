import { wordlist } from "@scure/bip39/wordlists/english.js";
import { sha256 } from "./hash.ts";
import { pae } from "./pae.ts";

/** SHA-256 of a server's Ed25519 identity: what calls are sealed to, and what a client pins (docs/transport.md). */
export function serverIdOf(identity: Uint8Array): Buffer {
  return sha256(pae("ov-server/1", identity));
}

/**
 * A server's id as people compare it: its first 132 bits, 11 for each of 12 words of BIP-39's English list. No two words
 * there begin with the same four letters. To find another identity with the same words takes 2^132 tries.
 */
export function serverWords(serverId: Uint8Array): readonly string[] {
  let bits = BigInt(`0x${Buffer.from(serverId.subarray(0, 17)).toString("hex")}`) >> 4n;
  const words: string[] = [];
  for (let i = 0; i < 12; i++) {
    words.unshift(wordlist[Number(bits & 0x7ffn)]!);
    bits >>= 11n;
  }
  return words;
}
