import { constants } from "node:fs";
import { open } from "node:fs/promises";
import { parse } from "dotenv";
import { VaultError } from "#core/vault-error.ts";
import { shortLine } from "#mcp/display-text.ts";

/** The value of one key of a `.env` file, or without a key the whole file as it is. `path` is a real path. */
export async function importedValue(path: string, key: string | undefined): Promise<Uint8Array> {
  const bytes = await readWhole(path, key === undefined ? MAX_VALUE : MAX_ENV_FILE);
  if (key === undefined) return bytes;
  const values = parse(Buffer.from(bytes));
  bytes.fill(0);
  const value = Object.hasOwn(values, key) ? values[key] : undefined;
  if (value !== undefined && value !== "") return Buffer.from(value, "utf8");
  throw new VaultError(
    "file-not-found",
    `${JSON.stringify(path)} has no value for ${JSON.stringify(shortLine(key, 128))}. Check the key, or leave it out to take the whole file.`,
  );
}

async function readWhole(path: string, max: number): Promise<Buffer> {
  // The path was resolved before: a link that appears now is somebody's trick. Without NONBLOCK a FIFO would wait.
  const flags = constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0) | (constants.O_NONBLOCK ?? 0);
  const file = await open(path, flags).catch((cause: unknown) => {
    throw new VaultError("file-not-found", `${JSON.stringify(path)} can't be read. Check its permissions.`, { cause });
  });
  try {
    const stat = await file.stat();
    if (!stat.isFile() || stat.size > max) {
      throw new VaultError(
        "file-not-found",
        `${JSON.stringify(path)} is no plain file of at most ${max} bytes. Choose another.`,
      );
    }
    const bytes = await file.readFile();
    if (bytes.length > 0 && bytes.length <= max) return bytes;
    bytes.fill(0);
    throw new VaultError(
      "value-invalid",
      `${JSON.stringify(path)} is empty, or longer than ${max} bytes. Choose another file.`,
    );
  } finally {
    await file.close();
  }
}

const MAX_VALUE = 65_536;
const MAX_ENV_FILE = 1_048_576;
