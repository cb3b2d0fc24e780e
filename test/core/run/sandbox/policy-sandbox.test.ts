import assert from "node:assert/strict";
import { realpathSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { localAccess } from "#core/run/local-access.ts";
import { MatcherCache } from "#core/run/matcher-cache.ts";
import type { Policy } from "#core/run/policy.ts";
import { decodeOutput, runWithSecrets } from "#core/run/run-with-secrets.ts";
import type { SecretName } from "#core/vault/context.ts";
import { DEV, KEY, newVault, OTHER, PASSWORD } from "../../vault/fixture.ts";
import { withSandbox } from "./in-sandbox.ts";

const NODE = realpathSync(process.execPath);

/** A program that asks each port of this machine, and says which ones answer. Inside, "localhost" is the sandbox's own. */
const ASK = `
  import { execFileSync } from "node:child_process";
  const code = "fetch(process.argv[1]).then((r) => r.text()).then((t) => console.log(t === 'reached' ? 'yes' : 'no'), () => console.log('no'))";
  const env = { ...process.env, NO_PROXY: "", no_proxy: "" };
  for (const port of process.argv.slice(2)) {
    process.stdout.write(execFileSync(process.execPath, ["-e", code, "http://localhost:" + port + "/"], { env }));
  }
`;

async function listen(t: TestContext): Promise<number> {
  const server = createServer((_request, response) => response.end("reached"));
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  t.after(() => server.close());
  return (server.address() as AddressInfo).port; // a TCP server's address is no string
}

test("S122 by default in strict, a run reaches the hosts of its own secrets only; a policy's list is for hosts and ports", (t) =>
  withSandbox(t, async (_run, cwd) => {
    const [one, two] = [await listen(t), await listen(t)];
    const { session } = await newVault();
    const access = localAccess(session, { idleMs: 60_000 });
    const secret = (name: SecretName, port: number) => ({
      ...{ name, value: Buffer.from(`value of ${name}`), allowedHosts: [`localhost:${port}`] },
    });
    await access.write(DEV, "create", [secret(KEY, one), secret(OTHER, two)], PASSWORD);
    writeFileSync(join(cwd, "ask.mjs"), ASK);
    const matchers = new MatcherCache();
    t.after(() => matchers.close());
    const reached = async (rules: Partial<Policy>, names?: readonly SecretName[]): Promise<string> => {
      const policy: Policy = { preset: "strict", verdicts: {}, allow: [{ program: NODE }], deny: [], ...rules };
      await access.setPolicy(DEV, policy, PASSWORD);
      const { PATH, HOME } = process.env;
      const result = await runWithSecrets(
        { access, matchers, parentEnv: { PATH, HOME } },
        {
          ...{ client: "test", context: DEV, cwd, command: [NODE, "ask.mjs", String(one), String(two)] },
          ...(names === undefined ? {} : { names }),
        },
        async () => "once",
      );
      return decodeOutput(result.stdout).trim().replace("\n", ",") || decodeOutput(result.stderr);
    };
    assert.equal(await reached({}), "yes,yes");
    // As a .ov.yaml that lists names would have it.
    assert.equal(await reached({}, [KEY]), "yes,no");
    assert.equal(await reached({}, [OTHER]), "no,yes");
    assert.equal(await reached({ network: [`localhost:${two}`] }, [KEY]), "no,yes");
    assert.equal(await reached({ network: "none" }), "no,no");
  }));
