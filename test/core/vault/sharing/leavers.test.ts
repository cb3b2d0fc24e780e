import assert from "node:assert/strict";
import { test } from "node:test";
import type { Id } from "#core/store/store.ts";
import { createEnvironment, turnEnvironmentEpoch } from "#core/vault/apps.ts";
import { createToken, listTokens } from "#core/vault/sharing/tokens.ts";
import { KEY, put } from "../fixture.ts";
import { ColludingServer } from "./fixtures/colluding-server.ts";
import { type Colleague, colleague, SHOP } from "./fixtures/team.ts";

const DAY = 86_400_000;

/** Of which epochs the server has keys for a holder, in any environment. */
function epochsFor({ kept }: ColludingServer, holder: Id): readonly number[] {
  return [...kept].filter(([place]) => place.endsWith(`/${holder}`)).flatMap(([, grants]) => grants.map(epochOf));
}

function epochOf({ epoch }: { readonly epoch: number }): number {
  return epoch;
}

async function tokenFor({ session }: Colleague, contexts = [SHOP], expiresAt = Date.now() + DAY): Promise<Id> {
  await createToken(session, { name: "ci", contexts, expiresAt, addresses: [] });
  return (await listTokens(session)).at(-1)!.id;
}

test("S340 a token that is over gets no key of a new epoch, and one that is not gets it", async () => {
  const clock = { now: Date.now() };
  const server = new ColludingServer();
  const owner = await colleague(server, () => clock.now);
  await createEnvironment(owner.session, SHOP);
  await put(owner.session, KEY, "sk_live_1", SHOP);
  const short = await tokenFor(owner, [SHOP], clock.now + DAY);
  const long = await tokenFor(owner, [SHOP], clock.now + 30 * DAY);
  clock.now += 2 * DAY;
  await turnEnvironmentEpoch(owner.session, SHOP);
  assert.deepEqual(epochsFor(server, short), [1]);
  assert.deepEqual([...epochsFor(server, long)].sort(), [1, 2]);
});
