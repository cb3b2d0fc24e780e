import http from "node:http";
import https from "node:https";
import tls from "node:tls";
import { VaultError } from "../../vault-error.ts";

export interface Exchange {
  readonly method: "GET" | "POST";
  readonly url: URL;
  readonly type?: string;
  readonly body?: Uint8Array;
  /** Refuses an answer with more bytes, before it fills the memory. */
  readonly limit: number;
  /** Without a byte from the server. */
  readonly timeoutMs: number;
  readonly signal?: AbortSignal | undefined;
}

export interface Exchanged {
  readonly status: number;
  readonly type: string;
  readonly body: Buffer;
}

/** Connections to one server. Idle ones keep no process alive. */
export class HttpExchange {
  readonly #agent: http.Agent;
  readonly #isTls: boolean;

  constructor(url: URL, ca?: string) {
    this.#isTls = url.protocol === "https:";
    this.#agent = this.#isTls
      ? new https.Agent({ keepAlive: true, minVersion: "TLSv1.3", ...GROUPS, ...(ca === undefined ? {} : { ca }) })
      : new http.Agent({ keepAlive: true });
  }

  /** Rejects when there is no whole answer: with `cancelled` if the signal aborted, else with whatever went wrong. */
  run({ method, url, type, body, limit, timeoutMs, signal }: Exchange): Promise<Exchanged> {
    return new Promise((resolve, reject) => {
      if (signal?.aborted) return reject(cancelled());
      const headers = { ...(type && { "content-type": type }), ...(body && { "content-length": body.length }) };
      const request = (this.#isTls ? https : http).request(url, { method, headers, agent: this.#agent });
      const timer = setTimeout(() => request.destroy(new Error("timeout")), timeoutMs);
      const abort = (): void => void request.destroy(cancelled());
      signal?.addEventListener("abort", abort, { once: true });
      const end = (how: () => void): void => {
        clearTimeout(timer);
        signal?.removeEventListener("abort", abort);
        how();
      };
      request.on("error", (error) => end(() => reject(error)));
      request.on("response", (response) => {
        const chunks: Buffer[] = [];
        let size = 0;
        response.on("data", (chunk: Buffer) => {
          size += chunk.length;
          timer.refresh();
          if (size > limit) request.destroy(new Error("too large"));
          else chunks.push(chunk);
        });
        response.on("error", (error) => end(() => reject(error)));
        response.on("close", () => end(() => reject(new Error("cut"))));
        response.on("end", () => {
          if (!response.complete) return;
          const { statusCode: status = 0, headers } = response;
          end(() => resolve({ status, type: headers["content-type"] ?? "", body: Buffer.concat(chunks) }));
        });
      });
      request.end(body);
    });
  }

  close(): void {
    this.#agent.destroy();
  }
}

/** https, or http to this machine. Refuses with `argument-invalid`. */
export function requireServerUrl(text: string): URL {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  const plain = url?.protocol === "http:" && LOOPBACK.has(url.hostname);
  const bare = url?.username === "" && url.password === "" && url.search === "" && url.hash === "";
  if (url !== undefined && bare && (url.protocol === "https:" || plain)) return url;
  throw new VaultError(
    "argument-invalid",
    `${JSON.stringify(text.slice(0, 200))} is no address of a server. Give one such as https://vault.example.com; http is for this machine only.`,
  );
}

function cancelled(): VaultError {
  return new VaultError("cancelled", "The call to the server was cancelled. Try again when you are ready.");
}

const LOOPBACK = new Set(["127.0.0.1", "[::1]", "localhost"]);

/** Node 22.20 and 24.5 offer the hybrid group by themselves. What doesn't know it goes without: the seal has its own. */
const GROUPS = ((): { readonly ecdhCurve?: string } => {
  const ecdhCurve = "X25519MLKEM768:X25519:P-256:P-384";
  try {
    tls.createSecureContext({ ecdhCurve });
    return { ecdhCurve };
  } catch {
    return {};
  }
})();
