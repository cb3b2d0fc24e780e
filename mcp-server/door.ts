import { createHash, timingSafeEqual } from "node:crypto";
import type { IncomingMessage, ServerResponse } from "node:http";
import { localhostHostValidation, localhostOriginValidation } from "@modelcontextprotocol/node";

/** Lets a request in, or answers it and returns false. Nothing of the body is read before. */
export type Door = (request: IncomingMessage, response: ServerResponse) => boolean;

/**
 * The order is: a name other than this machine's (a page that rebinds DNS), a page of another origin, the wrong key.
 * Every answer closes the connection, so that an unread body is not taken for the next request.
 */
export function privateDoor(nonce: string): Door {
  const expected = digest(`Bearer ${nonce}`);
  const isOurHost = localhostHostValidation();
  const isOurOrigin = localhostOriginValidation();
  return (request, response) => {
    response.shouldKeepAlive = false;
    if (!isOurHost(request, response) || !isOurOrigin(request, response)) return false;
    // Digests are of one length, so the comparison tells nothing about the key.
    if (timingSafeEqual(digest(request.headers.authorization ?? ""), expected)) {
      response.shouldKeepAlive = true;
      return true;
    }
    response.writeHead(401, { "www-authenticate": "Bearer", "content-length": 0 }).end();
    return false;
  };
}

function digest(text: string): Buffer {
  return createHash("sha256").update(text).digest();
}
