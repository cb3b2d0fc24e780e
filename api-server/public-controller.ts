import { Controller, Get, Inject, Post, Req, Res } from "@nestjs/common";
import { KEYS_PATH, REQUEST_TYPE, RESPONSE_TYPE, SEALED_PATH } from "#core/store/contract.ts";
import type { Health } from "./health/health.ts";
import type { SealKeys } from "./keys/seal-keys.ts";
import type { SealedCalls } from "./sealed/sealed-calls.ts";

export const CALLS = Symbol("sealed calls");
export const KEYS = Symbol("seal keys");
export const HEALTH = Symbol("health");
export const OPENAPI = Symbol("OpenAPI document");

/** All that the public listener has. Everything else is inside of the seal. */
export class PublicController {
  readonly #calls: SealedCalls;
  readonly #keys: SealKeys;
  readonly #health: Health;
  readonly #openapi: string;

  constructor(calls: SealedCalls, keys: SealKeys, health: Health, openapi: string) {
    this.#calls = calls;
    this.#keys = keys;
    this.#health = health;
    this.#openapi = openapi;
  }

  livez(reply: Reply): void {
    reply.status(200).header("content-type", "text/plain").send("ok\n");
  }

  async readyz(reply: Reply): Promise<void> {
    const state = await this.#health.check();
    reply
      .status(state === "ready" ? 200 : 503)
      .header("content-type", "text/plain")
      .send(`${state}\n`);
  }

  keys(reply: Reply): void {
    reply.status(200).header("content-type", "application/json").header("cache-control", "no-store");
    reply.send(JSON.stringify(this.#keys.document()));
  }

  openapi(reply: Reply): void {
    reply.status(200).header("content-type", "application/json").send(this.#openapi);
  }

  async sealed(request: Request, reply: Reply): Promise<void> {
    if (!Buffer.isBuffer(request.body) || request.headers["content-type"] !== REQUEST_TYPE) {
      reply.status(415).send();
      return;
    }
    const gone = new AbortController();
    const stop = (): void => gone.abort();
    reply.raw.once("close", stop);
    const answer = await this.#calls.answer(request.body, request.ip, gone.signal);
    reply.raw.removeListener("close", stop);
    reply.status(answer.status).header("cache-control", "no-store");
    if (answer.status === 200) reply.header("content-type", RESPONSE_TYPE).send(answer.bytes);
    else if (answer.status === 429 || answer.status === 503) reply.header("retry-after", "1").send();
    else reply.send();
  }
}

/** Of Fastify's request and reply, what is used here. */
interface Request {
  readonly body: unknown;
  readonly ip: string;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
}

interface Reply {
  readonly raw: {
    once(event: "close", listener: () => void): void;
    removeListener(event: "close", listener: () => void): void;
  };
  status(code: number): this;
  header(name: string, value: string): this;
  send(body?: string | Buffer): this;
}

Controller()(PublicController);
for (const [at, token] of [CALLS, KEYS, HEALTH, OPENAPI].entries()) Inject(token)(PublicController, undefined, at);
serve("livez", Get("livez"), [Res()]);
serve("readyz", Get("readyz"), [Res()]);
serve("keys", Get(KEYS_PATH), [Res()]);
serve("openapi", Get("v1/openapi.json"), [Res()]);
serve("sealed", Post(SEALED_PATH), [Req(), Res()]);

/** What `@Get() name(@Res() reply)` does. */
function serve(name: keyof PublicController, route: MethodDecorator, parameters: readonly ParameterDecorator[]): void {
  route(PublicController.prototype, name, Object.getOwnPropertyDescriptor(PublicController.prototype, name)!);
  for (const [at, parameter] of parameters.entries()) parameter(PublicController.prototype, name, at);
}
