import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";

/** Installs Debian packages where that is possible, and says what to install where it isn't. `programs` are what they bring. */
export function needDebianPackages(packages: readonly string[], programs: readonly string[]): void {
  const missing = programs.filter((path) => !existsSync(path));
  if (missing.length === 0) return;
  if (!existsSync("/etc/debian_version") || process.getuid?.() !== 0) {
    throw new Error(
      `${missing.join(", ")} is missing. On Debian or Ubuntu: sudo apt-get install ${packages.join(" ")}`,
    );
  }
  console.error(`Installing ${packages.join(" ")} …`);
  const environment = { ...process.env, DEBIAN_FRONTEND: "noninteractive" };
  spawnSync("apt-get", ["update", "-qq"], { stdio: "inherit", env: environment });
  const { status } = spawnSync("apt-get", ["install", "-y", "-qq", "--no-install-recommends", ...packages], {
    stdio: ["ignore", "ignore", "inherit"],
    env: environment,
  });
  if (status !== 0) throw new Error(`apt-get could not install ${packages.join(" ")}.`);
}
