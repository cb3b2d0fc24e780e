import { connect } from "node:net";
import { REQUEST_TYPE, SEALED_PATH } from "#core/store/contract.ts";

export interface HostileHttp {
  readonly requests: number;
  /** Answers by status; "none" = the connection was ended without one. */
  readonly answers: Readonly<Record<string, number>>;
  /** Requests that were taken, or behind which a second one was answered. Has to be 0. */
  readonly unsafe: number;
  /** Which ones, by name. */
  readonly taken: readonly string[];
}

/** Requests that two readers of HTTP may take for different ones (RFC 9112 §11.2), or that no honest client sends. */
export async function hostileHttp(url: string, sealed: Buffer): Promise<HostileHttp> {
  const answers: Record<string, number> = {};
  const taken: string[] = [];
  const requests = hostileRequests(sealed);
  for (const [name, bytes] of Object.entries(requests)) {
    const text = await exchange(url, bytes);
    const statuses = [...text.matchAll(/^HTTP\/1\.1 (\d{3})/gm)].map((match) => match[1]!);
    const status = statuses[0] ?? "none";
    answers[status] = (answers[status] ?? 0) + 1;
    // "ok" is what /livez answers, which is what is smuggled.
    if (statuses.length > 1 || status.startsWith("2") || text.endsWith("ok\n")) taken.push(name);
  }
  return { requests: Object.keys(requests).length, answers, unsafe: taken.length, taken };
}

function hostileRequests(sealed: Buffer): Readonly<Record<string, Buffer>> {
  const smuggled = "GET /livez HTTP/1.1\r\nhost: x\r\n\r\n";
  const post = (headers: string, body: Uint8Array | string = ""): Buffer =>
    Buffer.concat([
      Buffer.from(
        `POST ${SEALED_PATH} HTTP/1.1\r\nhost: x\r\ncontent-type: ${REQUEST_TYPE}\r\n${headers}\r\n`,
        "latin1",
      ),
      typeof body === "string" ? Buffer.from(body, "latin1") : body,
    ]);
  const get = (line: string, headers = "host: x\r\n"): Buffer => Buffer.from(`${line}\r\n${headers}\r\n`, "latin1");
  const both = `content-length: ${smuggled.length + 5}\r\ntransfer-encoding: chunked\r\n`;
  return {
    "length and chunks": post(both, `0\r\n\r\n${smuggled}`),
    "chunks and length": post(`transfer-encoding: chunked\r\ncontent-length: 4\r\n`, `0\r\n\r\n${smuggled}`),
    "two lengths": post(`content-length: 0\r\ncontent-length: ${smuggled.length}\r\n`, smuggled),
    "two equal lengths": post(`content-length: ${sealed.length}\r\ncontent-length: ${sealed.length}\r\n`, sealed),
    "a list of lengths": post(`content-length: 0, ${smuggled.length}\r\n`, smuggled),
    "a length with a sign": post(`content-length: +${sealed.length}\r\n`, sealed),
    "a negative length": post("content-length: -1\r\n", smuggled),
    "a length in hex": post(`content-length: 0x${sealed.length.toString(16)}\r\n`, sealed),
    "a length of 2^64": post("content-length: 18446744073709551616\r\n", sealed),
    "a length with a space before the colon": post(`content-length : ${sealed.length}\r\n`, sealed),
    "a length on a folded line": post(`content-length:\r\n ${sealed.length}\r\n`, sealed),
    "chunked twice": post("transfer-encoding: chunked, chunked\r\n", `0\r\n\r\n${smuggled}`),
    "not chunked at last": post("transfer-encoding: chunked, identity\r\n", `0\r\n\r\n${smuggled}`),
    "chunked with a tab": post("transfer-encoding:\tx\tchunked\r\n", `0\r\n\r\n${smuggled}`),
    "an unknown coding": post("transfer-encoding: xchunked\r\n", `0\r\n\r\n${smuggled}`),
    "a chunk with a negative size": post("transfer-encoding: chunked\r\n", `-1\r\n${smuggled}`),
    "a chunk with a size that overflows": post("transfer-encoding: chunked\r\n", `fffffffffffffffff\r\n${smuggled}`),
    "a chunk that ends elsewhere": post("transfer-encoding: chunked\r\n", `1\r\nab\r\n0\r\n\r\n${smuggled}`),
    "bare line feeds": Buffer.from(`GET /livez HTTP/1.1\nhost: x\n\n`),
    "a carriage return in a header": post("x-a: b\rcontent-length: 5\r\n", smuggled),
    "a zero byte in a header": post("x-a: b\0c\r\n"),
    "a header without a name": post(": x\r\n"),
    "a header with a space in its name": post("x a: b\r\n"),
    "headers of 9 KB": post(`x-long: ${"a".repeat(9000)}\r\n`),
    "3,000 headers": post("a: b\r\n".repeat(3000)),
    "no host": get("GET /livez HTTP/1.1", ""),
    "two hosts": get("GET /v1/environments HTTP/1.1", "host: a\r\nhost: b\r\n"),
    "HTTP/0.9": Buffer.from("GET /livez\r\n\r\n"),
    "HTTP/3.0": get("GET /livez HTTP/3.0"),
    "a method that is none": get("GET\0 /livez HTTP/1.1"),
    CONNECT: get("CONNECT 127.0.0.1:22 HTTP/1.1"),
    TRACE: get("TRACE / HTTP/1.1"),
    "another method by a header": get("GET /v1/sealed HTTP/1.1", "host: x\r\nx-http-method-override: POST\r\n"),
    "a path that climbs": get("GET /../../etc/passwd HTTP/1.1"),
    "a path that climbs in code": get("GET /v1/%2e%2e/%2e%2e/server-keys.json HTTP/1.1"),
    "an operation without a seal": get("GET /environments HTTP/1.1"),
    "an operation under a prefix": get("GET /v1/account HTTP/1.1"),
    "an upgrade": get("GET / HTTP/1.1", "host: x\r\nconnection: upgrade\r\nupgrade: h2c\r\n"),
    "HTTP/2 at once": Buffer.from("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"),
    "TLS on a port without": Buffer.from("160301020001000001fc0303", "hex"),
    "another content type": Buffer.concat([
      Buffer.from(
        `POST ${SEALED_PATH} HTTP/1.1\r\nhost: x\r\ncontent-type: text/plain\r\ncontent-length: ${sealed.length}\r\n\r\n`,
      ),
      sealed,
    ]),
    "no content type": Buffer.concat([
      Buffer.from(`POST ${SEALED_PATH} HTTP/1.1\r\nhost: x\r\ncontent-length: ${sealed.length}\r\n\r\n`),
      sealed,
    ]),
    "a body that is declared as 1 GB": post("content-length: 1073741824\r\n", Buffer.alloc(1 << 16)),
    "a body of 5 MB": post(`content-length: ${5 << 20}\r\n`, Buffer.alloc(5 << 20)),
    "a compressed body": post(`content-encoding: gzip\r\ncontent-length: 20\r\n`, Buffer.alloc(20)),
  };
}

/** All that comes back until the server ends the connection, or says nothing more. */
function exchange(url: string, bytes: Buffer): Promise<string> {
  const { hostname, port } = new URL(url);
  return new Promise((resolve) => {
    let text = "";
    const socket = connect(Number(port), hostname, () => socket.write(bytes));
    const end = (): void => {
      socket.destroy();
      resolve(text);
    };
    socket.setTimeout(300, end);
    socket.on("data", (chunk) => (text += chunk.toString("latin1")));
    socket.on("error", end);
    socket.on("close", end);
  });
}
