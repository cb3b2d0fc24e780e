import { createHash, randomBytes, randomInt, timingSafeEqual } from "node:crypto";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { listenPrivately } from "#mcp/private-socket.ts";
import { formPage, PAGE_HEADERS, tellingPage } from "./page-html.ts";
import { readForm } from "./read-form.ts";

export interface SecretPage {
  /** Opens the form once. It may stand in a process list: without the code it stores nothing. */
  readonly url: string;
  /** What the page shows, so that a person knows it from another one at the same address. */
  readonly sign: string;
  /** What a person has to type there, so that the address alone is worth nothing. */
  readonly code: string;
  /** What was typed; undefined when the page closed before: in time, by `close`, or since something was wrong. */
  readonly value: Promise<Uint8Array | undefined>;
  close(): Promise<void>;
}

/**
 * A page on 127.0.0.1 that takes one value from one person: the first visitor, from the page itself, with the code.
 * A second visitor closes it, since one of the two is not who it was opened for. So do three wrong codes.
 */
export async function openSecretPage(
  shown: { readonly place: string; readonly client: string },
  { lastsMs }: { readonly lastsMs: number },
): Promise<SecretPage> {
  const path = `/${randomBytes(24).toString("base64url")}`;
  const [sign, code] = [digits(), digits()];
  const visitor = randomBytes(24).toString("base64url");
  const cookie = `visitor=${visitor}`;
  let host = "";
  let isOpened = false;
  let triesLeft = 3;
  let settle = (_value: Uint8Array | undefined): void => {};
  const value = new Promise<Uint8Array | undefined>((resolve) => {
    settle = resolve;
  });

  const answer = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    // A page elsewhere that made its own name mean this machine, or that posts here.
    if (request.headers.host !== host) return tell(response, 403, "This address is not for that name.");
    if (!same(request.url ?? "", path)) return tell(response, 404, "There is nothing here.");
    // Other programs' pages on this machine have cookies too: a browser doesn't tell ports apart.
    const isVisitor = (request.headers.cookie ?? "").split("; ").some((sent) => same(sent, cookie));
    if (request.method === "GET") {
      if (isOpened && !isVisitor) return end(response, 410, "This page was opened before, so it is closed now.");
      isOpened = true;
      response.setHeader("set-cookie", `${cookie}; HttpOnly; SameSite=Strict; Path=${path}`);
      return send(response, 200, formPage({ ...shown, sign }));
    }
    if (request.method !== "POST") return tell(response, 405, "That is no way to use this page.");
    if (request.headers.origin !== `http://${host}` || !isVisitor) {
      return tell(response, 403, "That did not come from this page.");
    }
    const form = await readForm(request);
    if (form === undefined) return tell(response, 400, "A value has 1 to 65536 bytes, on one line. Go back.");
    // Another answer may have come while this one was read.
    if (triesLeft > 0 && same(form.code.replaceAll(/\D/g, ""), code)) {
      triesLeft = 0;
      settle(form.value);
      return end(response, 200, "OpaqueVault has the value. Your client tells whether it is stored. Close this page.");
    }
    form.value.fill(0);
    if (--triesLeft > 0) return tell(response, 403, "That is not the code. Go back and type it again.");
    return end(response, 403, "That was not the code, so this page is closed.");
  };

  const end = (response: ServerResponse, status: number, text: string): void => {
    response.once("finish", () => void close());
    tell(response, status, text);
  };
  const server = createServer({ headersTimeout: 5_000, requestTimeout: 10_000 }, (request, response) => {
    response.shouldKeepAlive = false;
    answer(request, response).catch(() => response.destroy());
  });
  server.maxConnections = 16;
  const address = await listenPrivately(server, { port: 0 });
  if (!("port" in address)) throw new Error("a port was asked for");
  host = `127.0.0.1:${address.port}`;

  let closing: Promise<void> | undefined;
  const close = (): Promise<void> => {
    closing ??= new Promise((resolve) => {
      clearTimeout(timer);
      settle(undefined); // changes nothing where there is a value
      server.close(() => resolve());
      server.closeAllConnections();
    });
    return closing;
  };
  const timer = setTimeout(() => void close(), lastsMs);
  return { url: `http://${host}${path}`, sign, code, value, close };
}

function tell(response: ServerResponse, status: number, text: string): void {
  send(response, status, tellingPage(text));
}

function send(response: ServerResponse, status: number, html: string): void {
  response.writeHead(status, PAGE_HEADERS).end(html);
}

function digits(): string {
  return randomInt(0, 1_000_000).toString().padStart(6, "0");
}

/** Digests are of one length, so the time tells nothing. */
function same(a: string, b: string): boolean {
  const digest = (text: string): Buffer => createHash("sha256").update(text).digest();
  return timingSafeEqual(digest(a), digest(b));
}
