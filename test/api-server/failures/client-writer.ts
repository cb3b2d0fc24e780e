// A client that is killed in the middle: `node client-writer.ts '{"url": …}' FROM TO AFTER MS` writes those values, one
// after the other, and says of each when the server has acknowledged it. So many ms after so many of them it is killed, by itself:
// another process may be too late on a busy machine.
import { writeSync } from "node:fs";
import { requireSecretName } from "#core/vault/context.ts";
import { writeDrafts } from "#core/vault/secret-write.ts";
import { DEV } from "../../core/vault/fixture.ts";
import { type RealDevice, unlockOn } from "./real-vault.ts";

const real = JSON.parse(process.argv[2]!) as RealDevice; // only kill-client.ts starts it
const [from, to] = [Number(process.argv[3]), Number(process.argv[4])];
const [after, pause] = [Number(process.argv[5]), Number(process.argv[6])];
const session = await unlockOn({ after: () => {} }, real);
for (let n = from; n <= to; n++) {
  const name = requireSecretName(`KEY_${n % 20}`);
  const [written] = await writeDrafts(session, DEV, "upsert", [{ name, value: Buffer.from(`value ${n}`) }]);
  writeSync(1, `${n} ${written!.version}\n`);
  if (n - from + 1 === after) setTimeout(() => process.kill(process.pid, "SIGKILL"), pause);
}
process.exit(0);
