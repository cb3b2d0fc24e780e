import { randomBytes } from "node:crypto";
import { request } from "node:http";
import { type Method, sealRequest } from "#core/crypto/ov-seal.ts";
import { KEYS_PATH, type KeysDocument, type KeysPayload, REQUEST_TYPE, SEALED_PATH } from "#core/store/contract.ts";

export interface Device {
  readonly id: string;
  readonly secret: Buffer;
}

export interface Reply {
  /** Of HTTP. */
  readonly outer: number;
  /** Of the sealed answer; undefined = there was none. */
  readonly status: number | undefined;
  // biome-ignore lint/suspicious/noExplicitAny: a test looks at what it expects
  readonly body: any;
}

export interface CallOptions {
  readonly device?: Device | undefined;
  readonly body?: unknown;
  /** ms since 1970. */
  readonly time?: number;
}

/** Calls a server as our client does, without its care: for tests of what the server refuses. */
export interface Caller {
  call(method: Method, path: string, options?: CallOptions): Promise<Reply>;
  /** The same for what answers with NDJSON: the body is a list. */
  lines(method: Method, path: string, options?: CallOptions): Promise<Reply>;
  /** Sealed, and not sent. */
  seal(
    method: Method,
    path: string,
    options?: CallOptions,
    parse?: (text: string) => unknown,
  ): Promise<{ readonly bytes: Buffer; readonly open: (answer: Buffer) => Reply }>;
  post(bytes: Buffer): Promise<{ readonly status: number; readonly bytes: Buffer }>;
}

export function newDevice(): Device {
  return { id: randomBytes(16).toString("hex"), secret: randomBytes(32) };
}

export function callerOf(url: string, serverId: string): Caller {
  const caller: Caller = {
    async seal(method, path, { device, body, time = Date.now() } = {}, parse = JSON.parse) {
      const document = (await (await fetch(url + KEYS_PATH)).json()) as KeysDocument;
      const { keys } = JSON.parse(Buffer.from(document.payload, "base64url").toString()) as KeysPayload;
      const key = keys.find(({ not_before, not_after }) => not_before <= Date.now() && Date.now() < not_after)!;
      const sealed = sealRequest(
        {
          keyId: Buffer.from(key.id, "hex"),
          serverId: Buffer.from(serverId, "hex"),
          publicKey: Buffer.from(key.public_key, "base64url"),
        },
        {
          method,
          path,
          time,
          requestId: randomBytes(16),
          body: body === undefined ? Buffer.alloc(0) : Buffer.from(JSON.stringify(body)),
        },
        device && { id: Buffer.from(device.id, "hex"), secret: device.secret },
      )!;
      return {
        bytes: sealed.bytes,
        open: (answer) => {
          const opened = sealed.openResponse(answer);
          const text = opened === undefined ? "" : Buffer.from(opened.body).toString();
          return { outer: 200, status: opened?.status, body: text === "" ? undefined : parse(text) };
        },
      };
    },
    post: (bytes) =>
      new Promise((resolve, reject) => {
        const headers = { "content-type": REQUEST_TYPE, "content-length": bytes.length };
        const sent = request(url + SEALED_PATH, { method: "POST", headers }, (response) => {
          const chunks: Buffer[] = [];
          response.on("data", (chunk: Buffer) => chunks.push(chunk));
          response.on("end", () => resolve({ status: response.statusCode ?? 0, bytes: Buffer.concat(chunks) }));
        });
        sent.on("error", reject);
        sent.end(bytes);
      }),
    async call(method, path, options) {
      const { bytes, open } = await caller.seal(method, path, options);
      const answer = await caller.post(bytes);
      return answer.status === 200 ? open(answer.bytes) : { outer: answer.status, status: undefined, body: undefined };
    },
    async lines(method, path, options) {
      const parse = (text: string): unknown =>
        text
          .trimEnd()
          .split("\n")
          .map((line) => JSON.parse(line));
      const { bytes, open } = await caller.seal(method, path, options, parse);
      return open((await caller.post(bytes)).bytes);
    },
  };
  return caller;
}
