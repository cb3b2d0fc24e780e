import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { KeyMemory } from "#core/store/remote/sealed-client.ts";
import type { DeviceState, Id } from "#core/store/store.ts";
import { writePrivateFile } from "./private-file.ts";

/** The server's key document in a file; its highest sequence among what the device has seen, which nothing lowers. */
export function serverKeyMemory(folder: string, device: DeviceState): KeyMemory {
  const file = join(folder, "keys.json");
  return {
    async read() {
      try {
        return readFileSync(file);
      } catch {
        return undefined; // it is asked for again
      }
    },
    async write(document) {
      writePrivateFile(file, Buffer.from(document).toString("utf8"));
    },
    async sequence(serverId) {
      return (await device.seen(seriesOf(serverId), SERIES))?.counter ?? 0;
    },
    async remember(serverId, sequence) {
      const hash = Buffer.from(serverId).toString("hex");
      await device.remember(seriesOf(serverId), SERIES, { counter: sequence, hash });
    },
  };
}

const SERIES = "server-keys";

/** What is seen is filed under ids of 16 bytes; 16 bytes of a hash are one that no vault has. */
function seriesOf(serverId: Uint8Array): Id {
  return Buffer.from(serverId).toString("hex", 0, 16) as Id; // 32 hexadecimal digits
}
