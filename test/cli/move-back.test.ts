import assert from "node:assert/strict";
import { test } from "node:test";
import { serverWords } from "#core/crypto/server-words.ts";
import { type Home, PASSWORD } from "./fixtures/home.ts";
import { served } from "./fixtures/served-home.ts";
import { atTerminal, ENTER, type PersonAtTerminal } from "./fixtures/terminal.ts";

async function moveHere(person: PersonAtTerminal, deletes: "y" | "n", password: string): Promise<void> {
  await person.see("to this machine?");
  person.type(`y${ENTER}`);
  await person.see("Delete it on the server");
  person.type(`${deletes}${ENTER}`);
  await person.see("Master password:");
  person.type(password + ENTER);
  await person.exit;
}

async function listed(home: Home): Promise<string> {
  return (await home.ov(["secret", "list", "shop/dev"])).stdout;
}

test("a vault that was moved back and deleted on its server can be moved there again", async (t) => {
  const { api, home } = await served(t);
  const wrong = atTerminal(t, home, ["vault", "move", "--to", "local"]);
  await moveHere(wrong, "y", "not the master password");
  assert.notEqual(await wrong.exit, 0);
  assert.match(await listed(home), /STRIPE_KEY/, "it is where it was");
  const back = atTerminal(t, home, ["vault", "move", "--to", "local"]);
  await moveHere(back, "y", PASSWORD);
  assert.equal(await back.exit, 0, back.screen);
  assert.match(back.screen, /Nothing of it is left/);
  assert.match(await listed(home), /STRIPE_KEY/);

  const again = atTerminal(t, home, ["vault", "move", "--to", api.url]);
  await again.see(serverWords(Buffer.from(api.serverId, "hex")).slice(0, 4).join("  "));
  await again.see("Are these the words?");
  again.type(`y${ENTER}`);
  await again.see("Master password:");
  again.type(PASSWORD + ENTER);
  assert.equal(await again.exit, 0, again.screen);
  assert.match(await listed(home), /STRIPE_KEY/);
});
