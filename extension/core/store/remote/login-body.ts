import type { LoginVerifier } from "../contract.ts";
import type { LoginChange } from "../store.ts";
import { toText } from "./json-shape.ts";

/** A login as the server is told of it. The proof goes beside it, and not into an account that is new. */
export function loginBody({ salt, profile, verifier, recovery }: LoginChange): LoginVerifier {
  const password = { salt: toText(salt), profile, verifier: toText(verifier) };
  return recovery === undefined ? password : { ...password, recovery: toText(recovery) };
}
