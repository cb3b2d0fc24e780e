import { randomBytes } from "node:crypto";
import { Agent, request } from "node:http";
import { open } from "#core/crypto/aead.ts";
import { expand, extract } from "#core/crypto/hkdf.ts";
import { METHODS, type Method } from "#core/crypto/ov-seal.ts";
import { KEYS_PATH, type KeysDocument, type KeysPayload, REQUEST_TYPE, SEALED_PATH } from "#core/store/contract.ts";
import type { Device, Reply } from "../sealed-caller.ts";
import { quickSealer } from "./quick-seal.ts";

export interface Sealed {
  readonly bytes: Buffer;
  readonly open: (answer: Buffer) => Reply;
}

/** Makes sealed calls as fast as the server can take them. A call that gets no answer rejects. */
export interface QuickCaller {
  call(method: Method, path: string, body?: unknown): Promise<Reply>;
  seal(method: Method, path: string, body?: unknown): Sealed;
  /** Whatever is inside, down to bytes that are no request. */
  sealBytes(plain: Uint8Array): Sealed;
  post(bytes: Buffer): Promise<{ readonly status: number; readonly bytes: Buffer }>;
  close(): void;
}

export async function quickCaller(
  { url, serverId }: { readonly url: string; readonly serverId: string },
  device: Device | undefined,
  { now = Date.now, timeout = 30_000 }: { readonly now?: () => number; readonly timeout?: number } = {},
): Promise<QuickCaller> {
  const document = (await (await fetch(url + KEYS_PATH)).json()) as KeysDocument;
  const { keys } = JSON.parse(Buffer.from(document.payload, "base64url").toString()) as KeysPayload;
  const key = keys[0]!; // the one that is valid now, or was until just before
  const names = {
    ...{ keyId: Buffer.from(key.id, "hex"), publicKey: Buffer.from(key.public_key, "base64url") },
    serverId: Buffer.from(serverId, "hex"),
  };
  const seal = quickSealer(names, device && { id: Buffer.from(device.id, "hex"), secret: device.secret });
  const agent = new Agent({ keepAlive: true });
  const caller: QuickCaller = {
    sealBytes(plain) {
      const { bytes, enc, responseSecret } = seal(plain);
      return { bytes, open: (answer) => opened(answer, enc, responseSecret) };
    },
    seal: (method, path, body) => caller.sealBytes(requestBytes(method, path, body, now())),
    post: (bytes) => post(url, agent, bytes, timeout),
    async call(method, path, body) {
      const sealed = caller.seal(method, path, body);
      const answer = await caller.post(sealed.bytes);
      if (answer.status !== 200) return { outer: answer.status, status: undefined, body: undefined };
      return sealed.open(answer.bytes);
    },
    close: () => agent.destroy(),
  };
  return caller;
}

function requestBytes(method: Method, path: string, body: unknown, time: number): Buffer {
  const json = body === undefined ? Buffer.alloc(0) : Buffer.from(JSON.stringify(body));
  const head = Buffer.alloc(11);
  head.writeUInt8(METHODS.indexOf(method), 0);
  head.writeBigUInt64BE(BigInt(time), 1);
  head.writeUInt16BE(path.length, 9);
  const length = Buffer.alloc(4);
  length.writeUInt32BE(json.length);
  const all = Buffer.concat([head, Buffer.from(path), randomBytes(16), length, json]);
  let size = 512;
  while (size < all.length) size *= 2;
  return Buffer.concat([all], size);
}

function opened(answer: Buffer, enc: Buffer, secret: Buffer): Reply {
  const prk = extract(Buffer.concat([enc, answer.subarray(0, 32)]), secret);
  const [key, nonce] = [expand(prk, Buffer.from("key"), 32), expand(prk, Buffer.from("nonce"), 12)];
  const plain = open(key, nonce, new Uint8Array(0), answer.subarray(32));
  if (plain === undefined) throw new Error("The answer is not to this call.");
  const text = plain.toString("utf8", 6, 6 + plain.readUInt32BE(2));
  return { outer: 200, status: plain.readUInt16BE(0), body: text === "" ? undefined : JSON.parse(text) };
}

function post(url: string, agent: Agent, bytes: Buffer, timeout: number): Promise<{ status: number; bytes: Buffer }> {
  return new Promise((resolve, reject) => {
    const headers = { "content-type": REQUEST_TYPE, "content-length": bytes.length };
    const sent = request(url + SEALED_PATH, { method: "POST", agent, headers, timeout }, (response) => {
      const chunks: Buffer[] = [];
      response.on("data", (chunk: Buffer) => chunks.push(chunk));
      response.on("end", () => resolve({ status: response.statusCode ?? 0, bytes: Buffer.concat(chunks) }));
      response.on("error", reject);
      response.on("aborted", () => reject(new Error("The answer was cut.")));
    });
    sent.on("timeout", () => sent.destroy(new Error("No answer in time.")));
    sent.on("error", reject);
    sent.end(bytes);
  });
}
