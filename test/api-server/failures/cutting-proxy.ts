import { connect, createServer, type Socket } from "node:net";

/** Stands between two programs on this machine, and cuts what is between them. */
export interface CuttingProxy {
  readonly port: number;
  /** Where connections go from now on; what is open stays. */
  target: number;
  /** Chance that an answer is not passed on, and its connection cut: what was asked for has taken place by then. */
  loseAnswers: number;
  readonly lost: number;
  /** How many there were: pieces that begin one. */
  readonly answers: number;
  cutAll(): void;
  close(): Promise<void>;
}

export async function cuttingProxy(target: number, random: () => number): Promise<CuttingProxy> {
  const sockets = new Set<Socket>();
  let [lost, answers] = [0, 0];
  const server = createServer((client) => {
    const upstream = connect(proxy.target, "127.0.0.1");
    for (const socket of [client, upstream]) {
      sockets.add(socket);
      socket.on("error", () => {});
      socket.on("close", () => {
        sockets.delete(socket);
        client.destroy();
        upstream.destroy();
      });
    }
    client.on("data", (chunk) => upstream.write(chunk));
    upstream.on("data", (chunk) => {
      if (chunk.toString("latin1", 0, 5) === "HTTP/") answers++;
      if (random() >= proxy.loseAnswers) {
        client.write(chunk);
        return;
      }
      lost++;
      client.destroy();
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("No port.");
  const proxy: CuttingProxy = {
    ...{ port: address.port, target, loseAnswers: 0 },
    get lost() {
      return lost;
    },
    get answers() {
      return answers;
    },
    cutAll() {
      for (const socket of sockets) socket.destroy();
    },
    close() {
      proxy.cutAll();
      return new Promise((resolve) => server.close(() => resolve()));
    },
  };
  return proxy;
}
