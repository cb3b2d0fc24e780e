import { newId } from "#core/crypto/random.ts";
import type { Database } from "./database.ts";

/** Names this line of history. A restore begins another one, so that no client takes old for new. */
export async function readEpoch(database: Database): Promise<string> {
  const known = await database.read((tx) =>
    tx.selectFrom("server_state").select("value").where("name", "=", "epoch").executeTakeFirst(),
  );
  if (known !== undefined) return known.value;
  await database.write(async (tx) => {
    await tx
      .insertInto("server_state")
      .values({ name: "epoch", value: newId() })
      .onConflict((conflict) => conflict.column("name").doNothing())
      .execute();
  });
  return readEpoch(database);
}
