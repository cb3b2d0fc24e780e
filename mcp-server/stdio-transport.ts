import type { Readable, Writable } from "node:stream";
import { type JSONRPCMessage, parseJSONRPCMessage, type Transport } from "@modelcontextprotocol/server";

/** Messages longer than this are refused, in bytes. */
export const MAX_MESSAGE = 4 * 1024 * 1024;

/**
 * MCP over two streams, one JSON message a line. Unlike the SDK's own transport it lives through every bad line: what
 * is too long, no JSON or no JSON-RPC is answered with an error where it asked for an answer, and then forgotten.
 */
export class StdioTransport implements Transport {
  onclose?: () => void;
  onerror?: (error: Error) => void;
  onmessage?: Transport["onmessage"];

  readonly #input: Readable;
  readonly #output: Writable;
  #parts: Buffer[] = [];
  #length = 0;
  #isTooLong = false;
  #isClosed = false;

  constructor(input: Readable, output: Writable) {
    this.#input = input;
    this.#output = output;
  }

  async start(): Promise<void> {
    this.#input.on("data", (chunk: Buffer) => this.#read(chunk));
    this.#input.on("error", () => void this.close());
    this.#input.on("end", () => void this.close());
    this.#input.on("close", () => void this.close());
    // A client that went away is no reason to crash.
    this.#output.on("error", () => void this.close());
  }

  send(message: JSONRPCMessage): Promise<void> {
    return this.#write(message);
  }

  async close(): Promise<void> {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#input.removeAllListeners("data");
    this.#input.pause();
    this.#parts = [];
    this.onclose?.();
  }

  #read(chunk: Buffer): void {
    let rest = chunk;
    for (let end = rest.indexOf(0x0a); end >= 0; end = rest.indexOf(0x0a)) {
      this.#keep(rest.subarray(0, end));
      rest = rest.subarray(end + 1);
      this.#endLine();
    }
    this.#keep(rest);
  }

  /** Of a line that is too long only the two ends are kept, where the id stands. */
  #keep(bytes: Buffer): void {
    if (bytes.length === 0) return;
    this.#length += bytes.length;
    this.#parts.push(bytes);
    if (this.#length <= MAX_MESSAGE && !this.#isTooLong) return;
    const all = Buffer.concat(this.#parts);
    this.#isTooLong = true;
    this.#parts = [Buffer.from(all.subarray(-ID_TAIL))];
  }

  #endLine(): void {
    const line = Buffer.concat(this.#parts).toString("utf8");
    const isTooLong = this.#isTooLong;
    this.#parts = [];
    this.#length = 0;
    this.#isTooLong = false;
    if (isTooLong) this.#refuse(lastId(line), -32600, `The message is longer than ${MAX_MESSAGE} bytes.`);
    else if (line.trim() !== "") this.#take(line);
  }

  #take(line: string): void {
    let message: unknown;
    try {
      message = JSON.parse(line);
    } catch {
      this.#refuse(undefined, -32700, "The line is not JSON.");
      return;
    }
    try {
      this.onmessage?.(parseJSONRPCMessage(message));
    } catch {
      this.#refuse(requestId(message), -32600, "The message is not JSON-RPC 2.0.");
    }
  }

  /** The schema of MCP has no null for an id that could not be read: it is left out. */
  #refuse(id: string | number | undefined, code: number, message: string): void {
    this.onerror?.(new Error(message));
    this.#write({ jsonrpc: "2.0", ...(id === undefined ? {} : { id }), error: { code, message } }).catch(() => {});
  }

  #write(message: JSONRPCMessage): Promise<void> {
    if (this.#isClosed) return Promise.reject(new Error("The connection is closed."));
    return new Promise((resolve, reject) => {
      this.#output.write(`${JSON.stringify(message)}\n`, (error) => (error ? reject(error) : resolve()));
    });
  }
}

const ID_TAIL = 256;

/** The id of a message of which only the end is known: most clients write it last. */
function lastId(tail: string): string | number | undefined {
  const id = /"id"\s*:\s*(\d{1,15}|"[\w-]{1,100}")\s*\}\s*$/.exec(tail)?.[1];
  return id === undefined ? undefined : (JSON.parse(id) as string | number); // by the pattern
}

function requestId(message: unknown): string | number | undefined {
  const id = typeof message === "object" && message !== null && "id" in message ? message.id : undefined;
  return typeof id === "string" || typeof id === "number" ? id : undefined;
}
