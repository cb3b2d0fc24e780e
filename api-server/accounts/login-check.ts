import type { z } from "zod";
import { equal, sha256 } from "#core/crypto/hash.ts";
import type { Pepper } from "../keys/pepper.ts";
import { Problem } from "../problem.ts";
import type { loginVerifier } from "../sealed/fields.ts";
import { type Login, readLogin } from "../storage/accounts.ts";
import { changeLog, lockAccount, type Sign } from "../storage/changes.ts";
import type { Database } from "../storage/database.ts";
import { countLoginTry } from "../storage/login-failures.ts";

/** A login as it came, with its bytes decoded. */
export type NewLogin = z.output<typeof loginVerifier>;

/** As it is stored: nothing in the database can be tried against a password without the pepper. */
export function peppered(pepper: Pepper, account: string, { salt, profile, verifier, recovery }: NewLogin): Login {
  return {
    ...{ salt, profile, verifier: pepper.verifierOf(account, verifier) },
    recovery: recovery && pepper.verifierOf(account, recovery),
  };
}

/** Which of the two secrets a proof is of. */
export function provenBy(
  pepper: Pepper,
  account: string,
  proof: Uint8Array,
  login: Login | undefined,
): "password" | "recovery" | undefined {
  const verifier = pepper.verifierOf(account, sha256(proof));
  if (login === undefined) return undefined;
  if (equal(verifier, login.verifier)) return "password";
  return login.recovery !== undefined && equal(verifier, login.recovery) ? "recovery" : undefined;
}

/** Counts the try before it is judged; a refused one is a line of the server's log. Throws 401, or 429 after five. */
export async function requireProof(
  { database, pepper, sign }: { readonly database: Database; readonly pepper: Pepper; readonly sign: Sign },
  account: string,
  proof: Uint8Array,
  { who, time }: { readonly who: string; readonly time: number },
): Promise<"password" | "recovery"> {
  await database.write((tx) => countLoginTry(tx, account, time));
  const by = provenBy(pepper, account, proof, await database.read((tx) => readLogin(tx, account)));
  if (by !== undefined) return by;
  const logChange = changeLog(database.dialect, sign);
  await database.write(async (tx) =>
    logChange(tx, await lockAccount(tx, account), { who, action: "login.refused", time }),
  );
  throw new Problem("unauthorized");
}
