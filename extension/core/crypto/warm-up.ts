import { setImmediate as nextTurn } from "node:timers/promises";
import { kemPublicKeyOf } from "./hybrid-kem.ts";
import { randomBuffer } from "./random.ts";
import { publicKeyOf, sign, verify } from "./signature.ts";
import { wipe } from "./wipe.ts";

/**
 * Uses each kind of key once, with a random one, and gives the event loop its turn after each. The first use takes ten
 * times as long as the next, for tables and for code that is not compiled yet: an unlock would do all of it at once.
 */
export async function warmUp(): Promise<void> {
  const seed = randomBuffer(32);
  const message = Buffer.from("warm-up");
  await nextTurn();
  const publicKey = publicKeyOf(seed);
  await nextTurn();
  kemPublicKeyOf(seed);
  await nextTurn();
  const signature = sign(seed, message);
  await nextTurn();
  verify(publicKey, signature, message);
  wipe(seed);
}
