import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { test } from "node:test";
import { sha256 } from "#core/crypto/hash.ts";
import { newId } from "#core/crypto/random.ts";
import type { Role } from "#core/vault/manifest.ts";
import { type ApiOptions, startApi } from "../../api-server/start-api.ts";
import { temporaryFolder } from "../temporary-folder.ts";
import { type Caller, callerOf, newDevice, type Reply } from "./sealed-caller.ts";
import { type NextHead, newPerson, nextHead, type Person, text } from "./shared-people.ts";

type Method = "GET" | "PUT" | "POST" | "DELETE";
type Ask = (who: Person, method: Method, path: string, body?: object) => Promise<Reply>;

interface Team {
  readonly caller: Caller;
  readonly ask: Ask;
  readonly ann: Person;
  readonly bob: Person;
  readonly eve: Person;
  /** The server's clock goes on by so many ms at once. */
  readonly pass: (ms: number) => void;
}

/** What the server promises to people who share an environment, and to their tokens. */
export function sharingConformance(name: string, database: () => Promise<Partial<ApiOptions>>): void {
  const it = (title: string, body: (team: Team) => Promise<void>): void => {
    test(`${title} (${name})`, async () => {
      let later = 0;
      const pass = (ms: number): void => {
        later += ms;
      };
      const now = (): number => Date.now() + later;
      const api = await startApi({ folder: temporaryFolder("ov-api-"), ...(await database()), isOpen: true, now });
      try {
        const caller = callerOf(api.url, api.serverId);
        const ask: Ask = (who, method, path, body) => caller.call(method, path, { device: who.device, body });
        const [ann, bob, eve] = [newPerson(), newPerson(), newPerson()];
        for (const { account, body } of [ann, bob, eve]) {
          assert.equal((await caller.call("PUT", `/accounts/${account.account}`, { body })).status, 201);
        }
        await body({ caller, ask, ann, bob, eve, pass });
      } finally {
        await api.close();
      }
    });
  };

  test(`S237 an invite opens a closed server for one account, and for no other (${name})`, async () => {
    const api = await startApi({ folder: temporaryFolder("ov-api-"), ...(await database()) });
    try {
      const caller = callerOf(api.url, api.serverId);
      const ann = newPerson();
      await caller.call("PUT", `/accounts/${ann.account.account}`, { body: ann.body });
      const proof = randomBytes(32);
      const invite = { id: newId(), proof: text(proof) };
      const body = { verifier: text(sha256(proof)), expires_at: Date.now() + 3600_000, offer: "AAAA" };
      assert.equal((await caller.call("PUT", `/invites/${invite.id}`, { device: ann.device, body })).status, 201);
      const come = async (person: Person): Promise<number | undefined> =>
        (await caller.call("PUT", `/accounts/${person.account.account}`, { body: person.body })).status;
      assert.equal(await come(newPerson()), 403);
      assert.equal(await come(newPerson({ ...invite, proof: text(randomBytes(32)) })), 401);
      const bob = newPerson(invite);
      assert.equal(await come(bob), 201);
      assert.equal(await come(bob), 201, "the same again, after a lost answer");
      assert.equal(await come(newPerson(invite)), 401);
    } finally {
      await api.close();
    }
  });

  it("S231 who is in the manifest reads, who is not finds nothing, and who left finds nothing again", async ({
    ask,
    ann,
    bob,
    eve,
  }) => {
    const environment = newId();
    const path = `/environments/${environment}`;
    const put = putter(ask, environment);
    const alone = await put({ by: ann, members: [[ann, "admin"]] });
    assert.equal((await ask(bob, "GET", path)).status, 404);
    const start = (await ask(bob, "GET", "/changes?since=0")).body.revision;
    const grants = [{ holder: bob.account.account, epoch: 1, bytes: text(Buffer.from("for bob")) }];
    const both = await put({ by: ann, members: members(ann, [bob, "reader"]), before: alone }, { grants });
    assert.equal((await ask(bob, "GET", path)).body.counter, 2);
    assert.equal((await ask(bob, "GET", `${path}?have=2`)).status, 304);
    assert.deepEqual((await ask(bob, "GET", "/shared")).body.environments, [
      { id: environment, owner: ann.account.account, counter: 2 },
    ]);
    assert.deepEqual((await ask(bob, "GET", `${path}/grants`)).body.grants, [
      { epoch: 1, bytes: text(Buffer.from("for bob")) },
    ]);
    assert.deepEqual((await ask(ann, "GET", `${path}/grants`)).body.grants, [], "each gets its own only");
    const changed = (await ask(bob, "GET", `/changes?since=${start}`)).body;
    assert.deepEqual(changed.environments, [{ id: environment, counter: 2, deleted: false }]);
    assert.equal((await ask(eve, "GET", path)).status, 404);
    assert.equal((await ask(eve, "GET", `${path}/grants`)).status, 404);
    await put({ by: ann, members: [[ann, "admin"]], before: both });
    assert.equal((await ask(bob, "GET", path)).status, 404);
    assert.equal((await ask(bob, "GET", `${path}/grants`)).status, 404);
    const gone = (await ask(bob, "GET", `/changes?since=${changed.revision}`)).body;
    assert.deepEqual(gone.environments, [{ id: environment, counter: 3, deleted: true }]);
  });

  it("S232 a role is what the manifest before says: readers write nothing, writers change no people, nobody takes the last admin or the owner out", async ({
    ask,
    ann,
    bob,
    eve,
  }) => {
    const environment = newId();
    const put = putter(ask, environment);
    const first = await put({ by: ann, members: [[ann, "admin"]] });
    const refused = async (status: number, next: Omit<NextHead, "environment">, extra = {}): Promise<void> => {
      const { body } = nextHead({ environment, ...next });
      const answer = await ask(next.by, "PUT", `/environments/${environment}`, { ...body, ...extra });
      assert.equal(answer.status, status, JSON.stringify(answer.body));
    };
    await refused(404, { by: bob, members: members(ann, [bob, "admin"]), before: first });
    let now = await put({ by: ann, members: members(ann, [bob, "reader"]), before: first });
    await refused(403, { by: bob, members: members(ann, [bob, "reader"]), before: now });
    await refused(403, { by: bob, members: members(ann, [bob, "admin"]), before: now });
    now = await put({ by: ann, members: members(ann, [bob, "writer"]), before: now });
    await refused(403, { by: bob, members: members(ann, [bob, "admin"]), before: now });
    await refused(403, { by: bob, members: members(ann, [bob, "writer"], [eve, "reader"]), before: now });
    await refused(403, { by: bob, members: members(ann, [bob, "writer"]), before: now, epoch: 2 });
    const grants = [{ holder: eve.account.account, epoch: 1, bytes: "AAAA" }];
    await refused(403, { by: bob, members: members(ann, [bob, "writer"]), before: now }, { grants });
    now = await put({ by: bob, members: members(ann, [bob, "writer"]), before: now });
    await refused(400, { by: ann, members: [[bob, "writer"]], before: now });
    await refused(400, {
      by: ann,
      members: [
        [ann, "reader"],
        [bob, "writer"],
      ],
      before: now,
    });
    now = await put({ by: ann, members: members(ann, [bob, "admin"]), before: now });
    await refused(400, { by: bob, members: [[bob, "admin"]], before: now });
    // Two admins remove each other: the first one wins, and the other is none any more.
    const third = await put({ by: ann, members: members(ann, [bob, "admin"], [eve, "admin"]), before: now });
    const late = nextHead({ by: eve, environment, members: members(ann, [eve, "admin"]), before: third });
    await put({ by: bob, members: members(ann, [bob, "admin"]), before: third });
    const answer = await ask(eve, "PUT", `/environments/${environment}`, late.body);
    assert.equal(answer.status, 404);
    await assert.doesNotReject(async () =>
      assert.equal((await ask(bob, "DELETE", `/environments/${environment}`)).status, 404),
    );
  });

  it("keys are found by fingerprint, and are those that hash to it", async ({ ask, ann, bob }) => {
    const fingerprints = [bob.fingerprint.toString("hex"), "0".repeat(64)];
    const { identities } = (await ask(ann, "POST", "/directory", { fingerprints })).body;
    const { signKey, kemKey } = bob.account.identity;
    assert.deepEqual(identities, [{ account: bob.account.account, sign_key: text(signKey), kem_key: text(kemKey) }]);
  });

  it("records of a commit that is larger than a request come before it; readers bring and destroy none", async ({
    ask,
    ann,
    bob,
  }) => {
    const environment = newId();
    const path = `/environments/${environment}`;
    const put = putter(ask, environment);
    const now = await put({ by: ann, members: members(ann, [bob, "reader"]) });
    const bytes = randomBytes(200);
    const ref = { item: newId(), version: 1, epoch: 1, hash: sha256(bytes).toString("hex") };
    const staged = { records: [{ ...ref, bytes: text(bytes) }] };
    assert.equal((await ask(bob, "POST", `${path}/records/stage`, staged)).status, 403);
    const other = { records: [{ ...ref, bytes: text(randomBytes(200)) }] };
    assert.equal((await ask(ann, "POST", `${path}/records/stage`, other)).status, 400);
    assert.equal((await ask(ann, "POST", `${path}/records/stage`, staged)).status, 204);
    await put({ by: ann, members: members(ann, [bob, "reader"]), before: now });
    assert.deepEqual((await ask(bob, "GET", `${path}?have=1`)).body.records, staged.records);
    assert.equal((await ask(bob, "POST", `${path}/records/delete`, { refs: [ref] })).status, 403);
    assert.equal((await ask(bob, "POST", `${path}/records/read`, { refs: [ref] })).body.records.length, 1);
  });

  it("S233 an invite is for one account, once, until it is over, and its proof is needed even to see it", async ({
    caller,
    ask,
    ann,
    bob,
    eve,
  }) => {
    const proof = randomBytes(32);
    const invite = { id: newId(), proof: text(proof) };
    const offer = text(Buffer.from("sealed"));
    const put = (id: string, expires_at: number): Promise<Reply> =>
      ask(ann, "PUT", `/invites/${id}`, { verifier: text(sha256(proof)), expires_at, offer });
    assert.equal((await put(invite.id, Date.now() - 1)).status, 400);
    assert.equal((await put(invite.id, Date.now() + 8 * 24 * 3600_000)).status, 400);
    assert.equal((await put(invite.id, Date.now() + 3600_000)).status, 201);
    const wrong = { ...invite, proof: text(randomBytes(32)) };
    assert.equal((await caller.call("POST", "/invites/open", { body: wrong })).status, 401);
    assert.equal((await caller.call("POST", "/invites/open", { body: invite })).body.offer, offer);
    const mac = text(randomBytes(32));
    assert.equal((await ask(bob, "POST", "/invites/accept", { ...wrong, mac })).status, 401);
    assert.equal((await ask(ann, "POST", "/invites/accept", { ...invite, mac })).status, 400, "one's own");
    assert.equal((await ask(bob, "POST", "/invites/accept", { ...invite, mac })).status, 204);
    assert.equal((await ask(bob, "POST", "/invites/accept", { ...invite, mac })).status, 204, "after a lost answer");
    assert.equal((await ask(eve, "POST", "/invites/accept", { ...invite, mac })).status, 401);
    assert.equal((await caller.call("POST", "/invites/open", { body: invite })).status, 401);
    const [own] = (await ask(ann, "GET", "/invites")).body.invites;
    assert.deepEqual(own.accepted, { account: bob.account.account, fingerprint: bob.fingerprint.toString("hex"), mac });
    assert.deepEqual((await ask(bob, "GET", "/invites")).body.invites, []);
    assert.equal((await ask(bob, "DELETE", `/invites/${invite.id}`)).status, 404);
    assert.equal((await ask(ann, "DELETE", `/invites/${invite.id}`)).status, 204);
  });

  it("an invite and a token that are sent again after a lost answer are there once; another one doesn't get their id", async ({
    ask,
    ann,
    bob,
  }) => {
    const invite = { verifier: text(randomBytes(32)), expires_at: Date.now() + 3600_000, offer: "AAAA" };
    const invitePath = `/invites/${newId()}`;
    const environment = newId();
    const device = newDevice();
    const [kemKey, expires] = [randomBytes(1216), Date.now() + 3600_000];
    const named = { id: device.id as typeof environment, publicKeyHash: sha256(kemKey), expires };
    await putter(ask, environment)({ by: ann, members: [[ann, "admin"]], tokens: [named] });
    const token = {
      ...{ secret: text(device.secret), kem_key: text(kemKey), environments: [environment], expires_at: expires },
      ...{ addresses: ["127.0.0.0/8"], label: "AAAA", bundle: "AAAA" },
    };
    const tokenPath = `/tokens/${device.id}`;
    for (const [path, body] of [
      [invitePath, invite],
      [tokenPath, token],
    ] as const) {
      assert.equal((await ask(ann, "PUT", path, body)).status, 201);
      const entries = (await ask(ann, "GET", "/log")).body.entries.length;
      assert.equal((await ask(ann, "PUT", path, body)).status, 201, "the answer was lost");
      assert.equal((await ask(ann, "GET", "/log")).body.entries.length, entries, "it is one change");
    }
    for (const change of [
      { verifier: text(randomBytes(32)) },
      { offer: "BBBB" },
      { expires_at: Date.now() + 60_000 },
    ]) {
      assert.equal((await ask(ann, "PUT", invitePath, { ...invite, ...change })).body.code, "conflict");
    }
    assert.equal((await ask(bob, "PUT", invitePath, invite)).body.code, "conflict");
    for (const change of [
      { secret: text(randomBytes(32)) },
      { kem_key: text(randomBytes(1216)) },
      { addresses: [] },
      { label: "" },
      { bundle: "BBBB" },
      { expires_at: expires + 1 },
    ]) {
      assert.equal((await ask(ann, "PUT", tokenPath, { ...token, ...change })).body.code, "conflict");
    }
    assert.equal((await ask(ann, "GET", "/invites")).body.invites.length, 1);
    assert.equal((await ask(ann, "GET", "/tokens")).body.tokens.length, 1);
  });

  it("S234 a token reads its environments, from its addresses, until it is over or ended, and does nothing else", async ({
    caller,
    ask,
    ann,
    bob,
  }) => {
    const [environment, other] = [newId(), newId()];
    const device = newDevice();
    const id = device.id;
    const [kemKey, expires] = [randomBytes(1216), Date.now() + 3600_000];
    const named = [{ id: newId(), publicKeyHash: sha256(kemKey), expires }];
    named[0]!.id = id as typeof environment;
    const put = putter(ask, environment);
    const first = await put({ by: ann, members: members(ann, [bob, "writer"]) });
    await putter(ask, other)({ by: ann, members: [[ann, "admin"]] });
    const create = (who: Person, changes: object = {}): Promise<Reply> =>
      ask(who, "PUT", `/tokens/${id}`, {
        ...{ secret: text(device.secret), kem_key: text(kemKey), environments: [environment], expires_at: expires },
        ...{ addresses: ["127.0.0.0/8", "::1"], label: text(Buffer.from("sealed name")), bundle: "AAAA", ...changes },
      });
    assert.equal((await create(ann)).status, 403, "the manifest doesn't name it");
    const grants = [{ holder: id, epoch: 1, bytes: text(Buffer.from("for the token")) }];
    const now = await put(
      { by: ann, members: members(ann, [bob, "writer"]), tokens: named, before: first },
      { grants },
    );
    assert.equal((await create(bob)).status, 403, "not by an admin");
    assert.equal((await create(ann, { addresses: ["127.0.0.1/33"] })).status, 400);
    assert.equal((await create(ann)).status, 201);

    const asToken = (method: Method, path: string, body?: object): Promise<Reply> =>
      caller.call(method, path, { device, body });
    assert.deepEqual((await asToken("GET", "/token")).body, {
      environments: [environment],
      expires_at: expires,
      bundle: "AAAA",
    });
    assert.equal((await asToken("GET", `/environments/${environment}`)).body.counter, 2);
    assert.equal((await asToken("GET", `/environments/${environment}/heads/1`)).body.head, text(first.head));
    assert.equal((await asToken("GET", `/environments/${environment}/grants`)).body.grants.length, 1);
    assert.equal((await asToken("GET", `/environments/${other}`)).status, 404);
    assert.equal((await asToken("POST", "/audit", { seq: 1, entry: "AAAA" })).status, 204);
    assert.equal((await asToken("GET", `/audit?device=${id}`)).body.entries.length, 1);
    for (const [method, path, body] of [
      [
        "PUT",
        `/environments/${environment}`,
        nextHead({ by: ann, environment, members: [[ann, "admin"]], before: now }).body,
      ],
      ["DELETE", `/environments/${environment}`, undefined],
      ["GET", "/account", undefined],
      ["GET", "/environments", undefined],
      ["GET", "/devices", undefined],
      ["GET", "/tokens", undefined],
      ["DELETE", `/tokens/${id}`, undefined],
      ["GET", "/changes?since=0", undefined],
      ["GET", "/log", undefined],
      ["GET", `/audit?device=${ann.device.id}`, undefined],
    ] as const) {
      assert.equal((await asToken(method, path, body)).body.code, "forbidden", `${method} ${path}`);
    }
    await settled(async () => (await ask(ann, "GET", "/tokens")).body.tokens[0]?.used_address !== undefined);
    const [listed] = (await ask(ann, "GET", "/tokens")).body.tokens;
    assert.deepEqual(listed.environments, [environment]);
    assert.match(listed.used_address, /127\.0\.0\.1|::1/);
    assert.equal((await ask(bob, "DELETE", `/tokens/${id}`)).status, 404);
    assert.equal((await ask(ann, "DELETE", `/tokens/${id}`)).status, 204);
    assert.equal((await asToken("GET", "/token")).outer, 401);
  });

  it("S235 a token from another address, or after its time, is refused like a stranger", async ({
    caller,
    ask,
    ann,
    pass,
  }) => {
    const environment = newId();
    const put = putter(ask, environment);
    let now = await put({ by: ann, members: [[ann, "admin"]] });
    const make = async (addresses: readonly string[], expires: number) => {
      const device = newDevice();
      const kemKey = randomBytes(1216);
      const token = { id: device.id as typeof environment, publicKeyHash: sha256(kemKey), expires };
      now = await put({ by: ann, members: [[ann, "admin"]], tokens: [token], before: now });
      const body = {
        ...{ secret: text(device.secret), kem_key: text(kemKey), environments: [environment], expires_at: expires },
        ...{ addresses, label: "", bundle: "" },
      };
      assert.equal((await ask(ann, "PUT", `/tokens/${device.id}`, body)).status, 201);
      return () => caller.call("GET", "/token", { device });
    };
    const elsewhere = await make(["203.0.113.0/24"], Date.now() + 3600_000);
    assert.equal((await elsewhere()).outer, 401);
    const brief = await make([], Date.now() + 60_000);
    assert.equal((await brief()).status, 200);
    pass(61_000);
    assert.equal((await brief()).outer, 401);
  });

  it("an entry of the audit log may name thousands of secrets; a page of such has one", async ({ ask, ann }) => {
    const large = text(randomBytes(1_500_000));
    for (const seq of [1, 2]) assert.equal((await ask(ann, "POST", "/audit", { seq, entry: large })).status, 204);
    assert.equal((await ask(ann, "POST", "/audit", { seq: 3, entry: "AAAA" })).status, 204);
    const page = async (from: number): Promise<readonly number[]> =>
      (await ask(ann, "GET", `/audit?device=${ann.device.id}&from=${from}`)).body.entries.map(
        ({ seq }: { seq: number }) => seq,
      );
    assert.deepEqual(await page(1), [1]);
    assert.deepEqual(await page(2), [2, 3]);
    assert.deepEqual(await page(4), []);
  });

  it("S236 an audit chain shows to those who share an environment, also after who wrote it left, and to nobody else", async ({
    ask,
    ann,
    bob,
    eve,
    pass,
  }) => {
    const environment = newId();
    const both = await putter(ask, environment)({ by: ann, members: members(ann, [bob, "reader"]) });
    assert.equal((await ask(bob, "POST", "/audit", { seq: 1, entry: text(Buffer.from("bob's")) })).status, 204);
    const path = `/audit?device=${bob.device.id}&account=${bob.account.account}`;
    assert.equal((await ask(ann, "GET", path)).body.entries.length, 1);
    assert.equal((await ask(eve, "GET", path)).status, 404);
    const { others } = (await ask(ann, "GET", `/audit/devices?environment=${environment}`)).body;
    assert.deepEqual(others, [{ account: bob.account.account, device: bob.device.id }]);
    assert.equal((await ask(eve, "GET", `/audit/devices?environment=${environment}`)).status, 404);
    // What Bob did is there after he left, and what he does from then on is his own.
    await putter(ask, environment)({ by: ann, members: [[ann, "admin"]], before: both });
    pass(5);
    assert.equal((await ask(bob, "POST", "/audit", { seq: 2, entry: text(Buffer.from("later")) })).status, 204);
    assert.equal((await ask(ann, "GET", path)).body.entries.length, 1);
    const known = (await ask(ann, "GET", `/audit/devices?environment=${environment}`)).body.others;
    assert.deepEqual(known, [{ account: bob.account.account, device: bob.device.id }]);
    assert.equal((await ask(bob, "GET", `/audit?device=${ann.device.id}&account=${ann.account.account}`)).status, 404);
  });
}

function members(admin: Person, ...others: readonly (readonly [Person, Role])[]): NextHead["members"] {
  return [[admin, "admin"], ...others];
}

function putter(ask: Ask, environment: NextHead["environment"]) {
  return async (next: Omit<NextHead, "environment">, extra: object = {}) => {
    const head = nextHead({ environment, ...next });
    const answer = await ask(next.by, "PUT", `/environments/${environment}`, { ...head.body, ...extra });
    assert.equal(answer.status, 200, JSON.stringify(answer.body));
    return head;
  };
}

async function settled(check: () => Promise<boolean>): Promise<void> {
  for (let tries = 0; tries < 200; tries++) {
    if (await check()) return;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  assert.fail("It never came to that.");
}
