import { fingerprint } from "../../vault/identity.ts";
import type { Id, MemberDevice, NewInvite, OwnInvite, PublicAccount, Sharing, TokenDesk } from "../store.ts";
import { entriesOf } from "./answers.ts";
import type { CiphertextCache } from "./ciphertext-cache.ts";
import { inviteError, openInvite } from "./invites.ts";
import { toText } from "./json-shape.ts";
import { errorOf } from "./problem.ts";
import type { RemoteLink } from "./remote-link.ts";
import { RemoteTokens } from "./remote-tokens.ts";
import { grantsOf, identitiesOf, invitesOf, memberDevicesOf, sharedOf } from "./sharing-answers.ts";

/** Other people, as a server knows them. Keys are kept on this device, so that what they wrote can be verified offline. */
export class RemoteSharing implements Sharing {
  readonly url: string;
  readonly serverId: Uint8Array;
  readonly tokens: TokenDesk;
  readonly #link: Link;
  readonly #cache: PeopleCache;
  readonly #people = new Map<string, PublicAccount>();

  constructor(link: Link, cache: PeopleCache) {
    this.#link = link;
    this.#cache = cache;
    this.tokens = new RemoteTokens(link);
    this.url = link.client.url;
    this.serverId = link.client.serverId;
  }

  async identities(fingerprints: readonly string[]): Promise<ReadonlyMap<string, PublicAccount>> {
    const unknown: string[] = [];
    for (const each of new Set(fingerprints)) {
      const cached = this.#people.get(each) ?? (await this.#cache.person(each));
      if (cached === undefined) unknown.push(each);
      else this.#people.set(each, cached);
    }
    for (let at = 0; at < unknown.length; at += AT_ONCE) await this.#ask(unknown.slice(at, at + AT_ONCE));
    const found = fingerprints.map((each) => [each, this.#people.get(each)] as const);
    return new Map(found.flatMap(([each, person]) => (person === undefined ? [] : [[each, person]])));
  }

  async #ask(fingerprints: readonly string[]): Promise<void> {
    const { body } = await this.#link.require(
      { method: "POST", path: "/directory", body: { fingerprints }, hurry: true },
      "the keys of members",
    );
    for (const person of identitiesOf(body)) {
      // Another key in the place of a member's has another fingerprint: it is nobody's that was asked for.
      const name = fingerprint(person.account, person).toString("hex");
      if (!fingerprints.includes(name)) continue;
      this.#people.set(name, person);
      await this.#cache.keepPerson(name, person);
    }
  }

  async grants(environment: Id): ReturnType<Sharing["grants"]> {
    const path = `/environments/${environment}/grants`;
    return grantsOf((await this.#link.require({ method: "GET", path }, "the keys of an environment")).body);
  }

  async shared(): Promise<readonly Id[]> {
    const all: Id[] = [];
    for (let after: Id | undefined; ; ) {
      const path = `/shared${after === undefined ? "" : `?after=${after}`}`;
      const { ids, next } = sharedOf((await this.#link.require({ method: "GET", path }, "shared environments")).body);
      all.push(...ids);
      if (next === undefined || (after !== undefined && next <= after)) return all;
      after = next;
    }
  }

  async memberDevices(environment: Id): Promise<readonly MemberDevice[]> {
    const path = `/audit/devices?environment=${environment}`;
    return memberDevicesOf((await this.#link.require({ method: "GET", path, hurry: true }, "the audit log")).body);
  }

  async memberAudit({ account, device }: MemberDevice, from: number): Promise<readonly Uint8Array[]> {
    const all: Uint8Array[] = [];
    for (let next = from; ; next = from + all.length) {
      const path = `/audit?device=${device}&account=${account}&from=${next}`;
      const answer = await this.#link.ask({ method: "GET", path, hurry: true });
      if ("code" in answer && answer.code === "not_found") return all;
      if ("code" in answer) throw errorOf(answer, "the audit log");
      const entries = entriesOf(answer.body, next);
      if (entries.length === 0) return all;
      for (const { entry } of entries) all.push(entry);
    }
  }

  async putInvite(id: Id, { verifier, expiresAt, offer }: NewInvite): Promise<void> {
    const body = { verifier: toText(verifier), expires_at: expiresAt, offer: toText(offer) };
    await this.#link.require({ method: "PUT", path: `/invites/${id}`, body }, "a new invite");
  }

  async deleteInvite(id: Id): Promise<void> {
    const answer = await this.#link.ask({ method: "DELETE", path: `/invites/${id}` });
    if ("code" in answer && answer.code !== "not_found") throw errorOf(answer, "an invite");
  }

  async invites(): Promise<readonly OwnInvite[]> {
    return invitesOf((await this.#link.require({ method: "GET", path: "/invites" }, "your invites")).body);
  }

  openInvite(id: Id, proof: Uint8Array): ReturnType<Sharing["openInvite"]> {
    return openInvite(this.#link.client, { id, proof });
  }

  async acceptInvite(id: Id, proof: Uint8Array, mac: Uint8Array): Promise<void> {
    const body = { id, proof: toText(proof), mac: toText(mac) };
    const answer = await this.#link.ask({ method: "POST", path: "/invites/accept", body });
    if ("code" in answer) throw inviteError(answer);
  }
}

type Link = Pick<RemoteLink, "client" | "ask" | "require">;
type PeopleCache = Pick<CiphertextCache, "person" | "keepPerson">;

const AT_ONCE = 200;
