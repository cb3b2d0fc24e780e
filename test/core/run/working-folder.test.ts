import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { requireFolder } from "#core/run/working-folder.ts";
import { isVaultError } from "#core/vault-error.ts";

const base = realpathSync(mkdtempSync(join(tmpdir(), "ov-folder-")));
after(() => rmSync(base, { recursive: true }));
const root = join(base, "project");
for (const folder of ["project/src", "project-other", "..hidden"]) mkdirSync(join(base, folder), { recursive: true });
writeFileSync(join(root, "file"), "");
symlinkSync(base, join(root, "out"));
symlinkSync(join(root, "src"), join(root, "in"));
symlinkSync(join(root, "nowhere"), join(root, "broken"));
symlinkSync(root, join(base, "alias"));

test("a folder inside of an allowed root is taken by its real path", () => {
  assert.equal(requireFolder(join(root, "src"), [root]), join(root, "src"));
  assert.equal(requireFolder(root, [join(base, "none"), root]), root);
  assert.equal(requireFolder(join(root, "in"), [root]), join(root, "src"));
  assert.equal(requireFolder(join(root, "src", "..", "src"), [join(base, "alias")]), join(root, "src"));
  assert.equal(requireFolder(join(base, "..hidden"), [base]), join(base, "..hidden"));
  assert.equal(requireFolder("/"), "/");
});

test("a missing folder, a file, and whatever lies outside once links are followed are refused", () => {
  const refused = [
    "none",
    "file",
    "broken",
    "..",
    "out",
    "out/project-other",
    "../project-other",
    "src/../../project-other",
  ];
  for (const path of refused) {
    assert.throws(
      () => requireFolder(join(root, path), [root]),
      (error) => isVaultError(error, "cwd-invalid"),
      path,
    );
  }
  for (const path of ["", ".", "src", "/bin\0"]) {
    assert.throws(
      () => requireFolder(path),
      (error) => isVaultError(error, "cwd-invalid"),
      path,
    );
  }
  assert.throws(
    () => requireFolder(root, []),
    (error) => isVaultError(error, "cwd-invalid"),
  );
});
