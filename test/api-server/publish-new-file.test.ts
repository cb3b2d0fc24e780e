import assert from "node:assert/strict";
import { readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { FileExists, publishNewFile } from "../../api-server/operation/publish-new-file.ts";
import { temporaryFolder } from "../temporary-folder.ts";

const noLinks = async (): Promise<void> => {
  throw Object.assign(new Error("no links here"), { code: "EPERM" });
};

test("a new file is its owner's only, and replaces none: with hard links and without", async () => {
  for (const link of [undefined, noLinks]) {
    const folder = temporaryFolder("ov-publish-");
    const file = join(folder, "new");
    await publishNewFile(file, async (handle) => void (await handle.writeFile("first")), link);
    assert.equal(statSync(file).mode & 0o777, 0o600);
    const again = publishNewFile(file, async (handle) => void (await handle.writeFile("second")), link);
    await assert.rejects(again, FileExists);
    assert.equal(readFileSync(file, "utf8"), "first");
    assert.deepEqual(readdirSync(folder), ["new"]);
  }
});

test("what can't be written whole, or not made durable, is not there", async () => {
  const folder = temporaryFolder("ov-publish-");
  const full = publishNewFile(join(folder, "full"), async (handle) => {
    await handle.writeFile("half");
    throw new Error("no space");
  });
  await assert.rejects(full, /no space/);
  const unsynced = publishNewFile(join(folder, "unsynced"), async (handle) => {
    await handle.writeFile("all");
    Object.assign(handle, {
      sync: async () => {
        throw new Error("the disk failed");
      },
    });
  });
  await assert.rejects(unsynced, /the disk failed/);
  assert.deepEqual(readdirSync(folder), []);
});

test("another error than a name that is taken is told as it is", async () => {
  const folder = temporaryFolder("ov-publish-");
  writeFileSync(join(folder, "file"), "");
  await assert.rejects(
    publishNewFile(join(folder, "file", "below"), async () => {}),
    { code: "ENOTDIR" },
  );
});
