// Takes the picture of a recovery kit, as `ov recovery kit kit.html` writes it: `node scripts/screenshots/recovery-kit.ts`.
// Needs Debian's chromium. What the kit says is made up, and stays the same, so that the picture does.
import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { sha256 } from "#core/crypto/hash.ts";
import { serverWords } from "#core/crypto/server-words.ts";
import { kitPage } from "#core/recovery/recovery-kit-page.ts";
import { asId } from "#core/store/store.ts";
import { formatRecoveryCode } from "#core/vault/recovery-code.ts";

const PICTURE = "docs/images/recovery-kit.png";
const made = (what: string): Buffer => sha256(Buffer.from(what));

const page = kitPage({
  code: formatRecoveryCode(made("code").subarray(0, 20)),
  account: asId(made("account").toString("hex").slice(0, 32))!, // 32 digits
  words: serverWords(made("identity")),
  server: { url: "https://vault.example.com", words: serverWords(made("server")) },
  made: Date.UTC(2026, 10, 24),
  counters: {
    account: 17,
    environments: [
      { id: "1f3a90c2", counter: 120 },
      { id: "77aa01bd", counter: 6 },
    ],
  },
});

const folder = mkdtempSync(join(tmpdir(), "ov-picture-"));
try {
  const file = join(folder, "kit.html");
  writeFileSync(file, page);
  const quiet = ["--headless", "--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking"];
  execFileSync(
    process.env.CHROMIUM ?? "/usr/bin/chromium",
    [
      ...[...quiet, "--disable-sync", "--hide-scrollbars", `--user-data-dir=${join(folder, "profile")}`],
      ...[`--screenshot=${PICTURE}`, "--window-size=860,1170", pathToFileURL(file).href],
    ],
    { stdio: "ignore" },
  );
  console.log(PICTURE);
} finally {
  rmSync(folder, { recursive: true, force: true });
}
