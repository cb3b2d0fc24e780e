// What `ov run -- true` costs as a whole process, with an unlocked agent, beside others that put secrets into an
// environment. Each has the same secrets, and starts by the same Node. Prints Markdown.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { BenchVault, CONTEXT, madeUpSecrets } from "./bench-vault.ts";
import { bundledOv } from "./bundled-ov.ts";
import { printTable, takeTurns, type Way } from "./measure.ts";
import { otherTool } from "./other-tools.ts";

const SECRETS = 10;
const ROUNDS = 25;
const OURS = "`ov run`, from an encrypted vault";
const PRINTS = "`ov run` of `echo hello`: with the first byte come the redactor's tables";

const secrets = madeUpSecrets(SECRETS);
const ov = bundledOv();
const [dotenvx, varlock] = [otherTool("@dotenvx/dotenvx"), otherTool("varlock")];
const vault = await BenchVault.make(ov, secrets);
try {
  vault.unlock();
  // Opens the window in which nobody is asked, and which counts for `ov run` too.
  await (await vault.connect()).close();
  const plain = projectOf("plain");
  const encrypted = projectOf("encrypted");
  await start(process.execPath, [dotenvx, "encrypt"], encrypted);
  const schema = projectOf("schema");
  writeFileSync(
    join(schema, ".env.schema"),
    `# @defaultSensitive=true\n# ---\n${Object.keys(secrets)
      .map((name) => `${name}=`)
      .join("\n")}\n`,
  );

  const where = ["--app", CONTEXT.app, "--env", CONTEXT.environment];
  const node = (name: string, args: readonly string[], cwd = vault.folder): Way => ({
    name,
    run: () => start(process.execPath, args, cwd),
  });
  report(
    await takeTurns(
      [
        { name: "`true`", run: () => start("true", [], vault.folder) },
        node("Node that does nothing", ["-e", "0"]),
        // As the others, in a project: in the vault's own folder, what it writes meanwhile would be searched for values.
        node(OURS, [ov, "run", ...where, "--", "true"], vault.project),
        node(PRINTS, [ov, "run", ...where, "--", "echo", "hello"], vault.project),
        node("`dotenvx run`, from a plain .env", [dotenvx, "run", "--quiet", "--", "true"], plain),
        node("`dotenvx run`, from an encrypted .env", [dotenvx, "run", "--quiet", "--", "true"], encrypted),
        node("`varlock run`, from a plain .env and its schema", [varlock, "run", "--", "true"], schema),
        node("`varlock run` of `echo hello`", [varlock, "run", "--", "echo", "hello"], schema),
      ],
      ROUNDS,
    ),
  );
} finally {
  vault.close();
}

function projectOf(name: string): string {
  const folder = join(vault.folder, name);
  mkdirSync(folder);
  writeFileSync(
    join(folder, ".env"),
    Object.entries(secrets)
      .map((pair) => `${pair.join("=")}\n`)
      .join(""),
  );
  return folder;
}

async function start(command: string, args: readonly string[], cwd: string): Promise<void> {
  const env = { ...vault.env, VARLOCK_TELEMETRY_DISABLED: "true", DO_NOT_TRACK: "1" };
  const child = spawn(command, args, { cwd, env, stdio: ["ignore", "pipe", "pipe"] });
  let said = "";
  for (const stream of [child.stdout, child.stderr]) stream.on("data", (chunk) => (said += chunk));
  const [code] = await once(child, "close");
  if (code !== 0) throw new Error(`${command} ${args.join(" ")} ended with ${code}: ${said}`);
}

function report(medians: ReadonlyMap<string, number>): void {
  const ours = medians.get(OURS)!;
  console.log(`One command with ${SECRETS} secrets, whole process: median of ${ROUNDS}\n`);
  printTable(
    ["Running `true` by", "Median, ms", "Beside `ov run`"],
    [...medians].map(([name, ms]) => [name, ms.toFixed(0), `${(ms / ours).toFixed(2)}×`]),
  );
}
