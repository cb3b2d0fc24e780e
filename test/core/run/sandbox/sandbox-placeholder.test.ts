import assert from "node:assert/strict";
import { test } from "node:test";
import { open, serve, VALUE } from "../placeholder/proxied.ts";
import { withSandbox } from "./in-sandbox.ts";

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
