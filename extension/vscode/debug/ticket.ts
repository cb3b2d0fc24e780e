import { createHash, randomBytes, timingSafeEqual } from "node:crypto";
import { mkdtempSync } from "node:fs";
import { createServer, type Server, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { listenPrivately } from "#mcp/private-socket.ts";

/**
 * Hands variables to a program once, over a socket that only this user reaches. The ticket itself stands in a launch
 * configuration, which other extensions read: so it is good for the first who shows it, for some seconds after a start,
 * and for nothing else. Who takes it before the program does makes the program fail, in view of the person.
 */
export class Ticket {
  readonly socketPath: string;
  /** 256 random bits. */
  readonly key = randomBytes(32).toString("base64url");
  readonly #variables: Readonly<Record<string, string>>;
  #server: Server | undefined;

  constructor(socketPath: string, variables: Readonly<Record<string, string>>) {
    this.socketPath = socketPath;
    this.#variables = variables;
  }

  /** Makes it good for one use within `forMs`. */
  async open(forMs = 30_000): Promise<void> {
    await this.close();
    const server = createServer((socket) => this.#answer(socket, server));
    this.#server = server;
    await listenPrivately(server, { socketPath: this.socketPath });
    setTimeout(() => void end(server), forMs).unref();
  }

  /** Makes it good for nothing. */
  async close(): Promise<void> {
    if (this.#server !== undefined) await end(this.#server);
    this.#server = undefined;
  }

  #answer(socket: Socket, server: Server): void {
    let shown = "";
    socket.setEncoding("utf8").setTimeout(5_000, () => socket.destroy());
    socket.on("error", () => socket.destroy());
    socket.on("data", (text: string) => {
      shown += text;
      if (shown.length > MAX_SHOWN) socket.destroy();
      else if (shown.endsWith("\n")) this.#take(shown.slice(0, -1), socket, server);
    });
  }

  #take(shown: string, socket: Socket, server: Server): void {
    // `listening` is false from the first use on.
    if (!server.listening || !timingSafeEqual(digest(shown), digest(this.key))) {
      socket.destroy();
      return;
    }
    void end(server);
    socket.end(`${JSON.stringify(this.#variables)}\n`);
  }
}

const MAX_SHOWN = 200;

function end(server: Server): Promise<void> {
  return new Promise((resolve) => (server.listening ? server.close(() => resolve()) : resolve()));
}

function digest(text: string): Buffer {
  return createHash("sha256").update(text).digest();
}

/** A new name in this user's own folder; on Windows a pipe. */
export function ticketSocket(runtime: string, platform: NodeJS.Platform = process.platform): string {
  const name = `debug-${randomBytes(6).toString("hex")}`;
  if (platform === "win32") return `\\\\.\\pipe\\opaquevault-${name}`;
  const socketPath = join(runtime, `${name}.sock`);
  if (Buffer.byteLength(socketPath) <= MAX_SOCKET_PATH) return socketPath;
  // mkdtemp makes a folder of mode 0700 that nobody else can have prepared.
  return join(mkdtempSync(join(tmpdir(), "ov-")), "debug.sock");
}

/** sun_path has 104 bytes on macOS and the BSDs, with its end. */
const MAX_SOCKET_PATH = 103;
