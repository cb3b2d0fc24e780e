import { KEM_KEY_BYTES } from "../../vault/identity.ts";
import type { Id, NewTokenEntry, ServedToken, TokenDesk } from "../store.ts";
import { asBytes, asCount, asIdOf, asList, asObject, toText } from "./json-shape.ts";
import { errorOf } from "./problem.ts";
import type { RemoteLink } from "./remote-link.ts";
import { badAnswer } from "./server-error.ts";

/** The tokens that a server takes calls of. */
export class RemoteTokens implements TokenDesk {
  readonly #link: Pick<RemoteLink, "ask" | "require">;

  constructor(link: Pick<RemoteLink, "ask" | "require">) {
    this.#link = link;
  }

  async put(id: Id, token: NewTokenEntry): Promise<void> {
    const body = {
      ...{ secret: toText(token.secret), kem_key: toText(token.kemKey), environments: token.environments },
      ...{ expires_at: token.expiresAt, addresses: token.addresses },
      ...{ label: toText(token.label), bundle: toText(token.bundle) },
    };
    await this.#link.require({ method: "PUT", path: `/tokens/${id}`, body }, "a new token");
  }

  async list(): Promise<readonly ServedToken[]> {
    const { body } = await this.#link.require({ method: "GET", path: "/tokens" }, "the tokens");
    const list = asList(body?.tokens, MAX_PAGE, (value): ServedToken | undefined => {
      const fields = asObject(value);
      const [id, kemKey] = [asIdOf(fields?.id), asBytes(fields?.kem_key, KEM_KEY_BYTES)];
      const [createdAt, expiresAt] = [asCount(fields?.created_at), asCount(fields?.expires_at)];
      const environments = asList(fields?.environments, MAX_PAGE, asIdOf);
      const addresses = asList(fields?.addresses, MAX_PAGE, asAddress);
      const label = asBytes(fields?.label, MAX_LABEL);
      if (id === undefined || kemKey === undefined || createdAt === undefined || expiresAt === undefined)
        return undefined;
      if (environments === undefined || addresses === undefined || label === undefined) return undefined;
      const [usedAt, usedAddress] = [asCount(fields?.used_at), asAddress(fields?.used_address)];
      return {
        ...{ id, kemKey, createdAt, expiresAt, environments, addresses, label },
        ...(usedAt !== undefined && { usedAt }),
        ...(usedAddress !== undefined && { usedAddress }),
      };
    });
    if (list === undefined) throw badAnswer("the tokens");
    return list;
  }

  async end(id: Id): Promise<void> {
    const answer = await this.#link.ask({ method: "DELETE", path: `/tokens/${id}` });
    if ("code" in answer && answer.code !== "not_found") throw errorOf(answer, "a token");
  }
}

const MAX_PAGE = 1000;
const MAX_LABEL = 1 << 10;

/** It is shown to a person, so it is nothing but an address. */
function asAddress(value: unknown): string | undefined {
  return typeof value === "string" && /^[0-9a-fA-F.:/]{2,64}$/.test(value) ? value : undefined;
}
