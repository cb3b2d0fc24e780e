import type { Command } from "commander";
import { pepper as pepperOf } from "../keys/pepper.ts";
import { sealKeys } from "../keys/seal-keys.ts";
import { serverIdentity } from "../keys/server-identity.ts";
import { keyFileOf } from "../place.ts";
import type { Check } from "./doctor/check.ts";
import { runChecks } from "./doctor/run-checks.ts";
import { EXIT } from "./exit-code.ts";
import { type Operator, openBeside, requireSecrets, type Tls, type Where, where, withTls } from "./operator.ts";

/** `doctor` and `rotate-keys`. */
export function addUpkeepCommands(program: Command, { databaseUrl, out, exit }: Operator): void {
  withTls(where(program.command("doctor")))
    .description("look at all that a server stands on, also while it runs; ends with 1 if something is wrong")
    .option("--json", "as JSON, for programs")
    .action(async (options: Where & Tls & { readonly json?: true }) => {
      const open = () => openBeside(options, databaseUrl);
      const checks = await runChecks({ ...options, databaseUrl, open, now: Date.now() });
      out(options.json ? `${JSON.stringify({ checks }, undefined, 2)}\n` : checks.map(checkLine).join(""));
      if (checks.some(({ state }) => state === "fail")) exit(EXIT.failed);
    });

  where(program.command("rotate-keys"))
    .description("replace the keys that calls are sealed to, now: after one may have been seen. Servers may run")
    .action(async (options: Where) => {
      const { identitySeed, pepper } = await requireSecrets(keyFileOf(options));
      const database = openBeside(options, databaseUrl);
      try {
        const keys = await sealKeys(database, serverIdentity(identitySeed), pepperOf(pepper), Date.now);
        await keys.replaceAll();
        out(AFTER_ROTATION);
        keys.close();
      } finally {
        await database.close();
      }
    });
}

function checkLine({ state, message, next }: Check): string {
  return `${SIGN[state]} ${message}\n${next === undefined ? "" : `    ${next}\n`}`;
}

const SIGN = { ok: "ok  ", warn: "warn", fail: "FAIL" } as const satisfies Record<Check["state"], string>;

const AFTER_ROTATION = `The keys are new. Servers that run take them up within two seconds, and others when they start.
Clients fetch them by themselves, and know them by the server's identity, which is the same.
`;
