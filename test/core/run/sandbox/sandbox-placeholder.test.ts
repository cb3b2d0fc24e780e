import assert from "node:assert/strict";
import { realpathSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { localAccess } from "#core/run/local-access.ts";
import { MatcherCache } from "#core/run/matcher-cache.ts";
import { decodeOutput, runWithSecrets } from "#core/run/run-with-secrets.ts";
import { DEV, KEY, newVault, PASSWORD } from "../../vault/fixture.ts";
import { open, serve, testCa, VALUE } from "../placeholder/proxied.ts";
import { withSandbox } from "./in-sandbox.ts";

const NODE = realpathSync(process.execPath);

test("S122 in a sandbox with placeholders the values go out through the proxy, and nothing goes out beside it", (t) =>
  withSandbox(t, async (run) => {
    const echo = await serve(t, ({ headers }, _request, response) => response.end(`got ${headers.authorization}`), {
      host: "api.example",
    });
    const other = await serve(t, undefined, { host: "other.example" });
    const hosts = [`api.example:${echo.port}`];
    // The names of this test are known to the proxy alone, which is outside; inside, they lead nowhere.
    const company = { https_proxy: await everyNameHere(t) };
    const opened = await open(t, hosts, undefined, { isSandboxed: true, parentEnv: company });
    const { HTTPS_PROXY: _1, https_proxy: _2, NO_PROXY: _3, no_proxy: _4, ...env } = opened.env;
    const script = `
      const get = (url) => fetch(url, { headers: { Authorization: "Bearer " + process.env.KEY } })
        .then((r) => r.text(), (e) => "failed");
      (async () => {
        console.log(await get("https://api.example:${echo.port}/"));
        console.log(await get("https://other.example:${other.port}/"));
        console.log(process.env.KEY);
      })()`;
    const result = await run([process.execPath, "-e", script], { hosts, proxy: opened.proxy, child: { env } });
    assert.equal(result.out, `got Bearer [redacted:KEY]\nfailed\n${opened.key}\n`, result.err);
    assert.equal(echo.seen[0]!.headers.authorization, `Bearer ${VALUE}`);
    assert.equal(other.seen.length, 0);
    assert.deepEqual(opened.report().used, { KEY: 1 });
  }));

test("S126 in strict, a secret in placeholder mode goes to its host out of the sandbox, and the command never has it", (t) =>
  withSandbox(t, async (_run, cwd) => {
    const { port, seen } = await serve(
      t,
      ({ headers }, _request, response) => response.end(`got ${headers.authorization}`),
      { host: "api.example" },
    );
    const other = await serve(t, undefined, { host: "other.example" });
    const { session } = await newVault();
    const access = localAccess(session, { idleMs: 60_000 });
    const draft = { name: KEY, value: Buffer.from(VALUE), allowedHosts: [`api.example:${port}`], placeholder: [] };
    await access.write(DEV, "create", [draft], PASSWORD);
    const strict = { preset: "strict", verdicts: {}, allow: [{ program: NODE }], deny: [] } as const;
    await access.setPolicy(DEV, strict, PASSWORD);
    writeFileSync(join(cwd, "company.pem"), (await testCa()).certificate);
    writeFileSync(
      join(cwd, "send.mjs"),
      `import { execFileSync } from "node:child_process";
       const code = \`fetch(process.argv[1], { headers: { Authorization: "Bearer " + process.env.STRIPE_KEY } })
         .then((r) => r.text()).then(console.log, () => console.log("failed"))\`;
       for (const url of process.argv.slice(2)) process.stdout.write(execFileSync(process.execPath, ["-e", code, url]));
       console.log(process.env.STRIPE_KEY);`,
    );
    const { PATH, HOME } = process.env;
    const company = { https_proxy: await everyNameHere(t), NODE_EXTRA_CA_CERTS: join(cwd, "company.pem") };
    const matchers = new MatcherCache();
    t.after(() => matchers.close());
    const result = await runWithSecrets(
      { access, matchers, parentEnv: { PATH, HOME, ...company } },
      {
        client: "test",
        context: DEV,
        cwd,
        command: [NODE, "send.mjs", `https://api.example:${port}/`, `https://other.example:${other.port}/`],
      },
      async () => "once",
    );
    const [first, second, key] = decodeOutput(result.stdout).trim().split("\n");
    assert.deepEqual([first, second], ["got Bearer [redacted:STRIPE_KEY]", "failed"], decodeOutput(result.stderr));
    assert.match(key!, /^sk_live_[A-Za-z0-9]{24}$/);
    assert.notEqual(key, VALUE);
    assert.deepEqual([seen[0]!.headers.authorization, other.seen.length], [`Bearer ${VALUE}`, 0]);
    assert.deepEqual(result.placeholders, { used: { [KEY]: 1 }, unused: [], remarks: [] });
  }));

/** A proxy that leads every name to this machine. */
async function everyNameHere(t: { after(end: () => void): void }): Promise<string> {
  const { createServer } = await import("node:http");
  const { connect } = await import("node:net");
  const server = createServer().on("connect", (request, client) => {
    const upstream = connect(Number(request.url!.split(":").at(-1)), "127.0.0.1", () => {
      client.write("HTTP/1.1 200 OK\r\n\r\n");
      upstream.pipe(client).pipe(upstream);
    });
    for (const socket of [client, upstream]) socket.on("error", () => undefined);
    client.on("close", () => upstream.destroy());
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  t.after(() => {
    server.closeAllConnections();
    server.close();
  });
  return `http://127.0.0.1:${(server.address() as { port: number }).port}`; // a TCP server's address is no string
}
