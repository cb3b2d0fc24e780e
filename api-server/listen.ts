import { NestFactory } from "@nestjs/core";
import { FastifyAdapter, type NestFastifyApplication } from "@nestjs/platform-fastify";
import { REQUEST_TYPE } from "#core/store/contract.ts";
import type { Health } from "./health/health.ts";
import { LIMITS } from "./limits.ts";
import { appModule, ROUTE_TOKENS } from "./modules.ts";
import { openApiDocument } from "./openapi.ts";
import { CALLS, HEALTH, KEYS, OPENAPI } from "./public-controller.ts";
import { type SealedDeps, sealedCalls } from "./sealed/sealed-calls.ts";
import { DATABASE, EPOCH, PEPPER, type Routes, SETTINGS, type Settings, SIGN } from "./tokens.ts";

export interface Tls {
  readonly key: Buffer;
  readonly cert: Buffer;
}

export interface ListenOptions extends Omit<SealedDeps, "routes"> {
  readonly epoch: () => string;
  readonly health: Health;
  readonly settings: Settings;
  readonly host: string;
  readonly port: number;
  readonly tls: Tls | undefined;
  readonly trustProxy: string | undefined;
}

/** Puts Nest's modules together and opens the public listener. */
export async function listen(options: ListenOptions): Promise<{ readonly url: string; close(): Promise<void> }> {
  const { database, identity, pepper, keys, settings, epoch, tls, trustProxy } = options;
  const root = appModule(
    [
      { provide: DATABASE, useValue: database },
      { provide: PEPPER, useValue: pepper },
      { provide: SIGN, useValue: identity.sign },
      { provide: SETTINGS, useValue: settings },
      { provide: EPOCH, useValue: epoch },
    ],
    [
      { provide: KEYS, useValue: keys },
      { provide: HEALTH, useValue: options.health },
      {
        provide: CALLS,
        inject: [...ROUTE_TOKENS],
        useFactory: (...routes: Routes[]) => sealedCalls({ ...options, routes: routes.flat() }),
      },
      {
        provide: OPENAPI,
        inject: [...ROUTE_TOKENS],
        useFactory: (...routes: Routes[]) => JSON.stringify(openApiDocument(routes.flat(), "1")),
      },
    ],
  );
  const adapter = new FastifyAdapter({
    bodyLimit: MOST_SEALED,
    ...(trustProxy !== undefined && { trustProxy }),
    forceCloseConnections: "idle",
    requestTimeout: REQUEST_TIMEOUT,
    keepAliveTimeout: 65_000,
    ...(tls === undefined
      ? { http: HTTP }
      : { https: { ...HTTP, ...tls, minVersion: "TLSv1.3", ecdhCurve: "X25519MLKEM768:X25519:P-256" } }),
  });
  const fastify = adapter.getInstance();
  // Node takes HTTP/0.9, which has no headers, for HTTP. Nobody speaks it but to get something past a reader of headers.
  fastify.addHook("onRequest", (request, reply, done) => {
    if (request.raw.httpVersionMajor < 1) reply.status(505).send();
    else done();
  });
  fastify.removeAllContentTypeParsers();
  fastify.addContentTypeParser(REQUEST_TYPE, { parseAs: "buffer" }, (_request, body, done) => done(null, body));
  const app = await NestFactory.create<NestFastifyApplication>(root, adapter, {
    logger: false,
    bodyParser: false,
    abortOnError: false,
  });
  app.useGlobalFilters({ catch: (error: unknown, host) => answerStatus(error, host.switchToHttp().getResponse()) });
  await app.listen(options.port, options.host);
  const address = app.getHttpServer().address();
  const port = typeof address === "object" && address !== null ? address.port : options.port;
  const name = options.host.includes(":") ? `[${options.host}]` : options.host;
  return { url: `${tls === undefined ? "http" : "https"}://${name}:${port}`, close: () => app.close() };
}

/** What goes wrong before the seal is answered by a status without a word. */
function answerStatus(error: unknown, reply: { status(code: number): { send(): void } }): void {
  const status =
    error instanceof Error && "getStatus" in error && typeof error.getStatus === "function" ? error.getStatus() : 500;
  reply.status(typeof status === "number" ? status : 500).send();
}

/** A request of 4 MiB with its header, encapsulation and tag. */
const MOST_SEALED = LIMITS.request + 32 + 1120 + 16;
const REQUEST_TIMEOUT = 15_000;
/** Slow senders are cut: 10 s for headers, 15 s for all of it. */
const HTTP = {
  headersTimeout: 10_000,
  requestTimeout: REQUEST_TIMEOUT,
  connectionsCheckingInterval: 1000,
  maxHeaderSize: 8192,
} as const;
