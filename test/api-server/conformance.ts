import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { test } from "node:test";
import { sha256 } from "#core/crypto/hash.ts";
import type { Api, ApiOptions } from "../../api-server/start-api.ts";
import { startApi } from "../../api-server/start-api.ts";
import { temporaryFolder } from "../temporary-folder.ts";
import { type RecordedCommit, type RecordedVault, recordVault } from "./recorded-vault.ts";
import { type Caller, callerOf, type Device, newDevice } from "./sealed-caller.ts";

/** A server with one account, and its first device. */
export interface Served {
  readonly api: Api;
  readonly options: ApiOptions;
  readonly caller: Caller;
  readonly device: Device;
}

/** What the server promises, on whatever database it runs. `database` names a new, empty one. */
export function apiConformance(name: string, database: () => Promise<Partial<ApiOptions>>): void {
  const recorded = recordVault(4);

  async function serve(changes: Partial<ApiOptions> = {}): Promise<Served & { readonly vault: RecordedVault }> {
    const options = { folder: temporaryFolder("ov-api-"), ...(await database()), ...changes };
    const api = await startApi(options);
    const vault = await recorded;
    const served = { api, options, caller: callerOf(api.url, api.serverId), device: newDevice() };
    const created = await served.caller.call("PUT", `/accounts/${vault.account}`, {
      body: accountBody(vault, served.device),
    });
    assert.equal(created.status, 201);
    return { ...served, vault };
  }

  const it = (
    title: string,
    body: (served: Served & { readonly vault: RecordedVault }) => Promise<void>,
    changes?: Partial<ApiOptions>,
  ): void => {
    test(`${title} (${name})`, async () => {
      const served = await serve(changes);
      try {
        await body(served);
      } finally {
        await served.api.close();
      }
    });
  };

  it("an account is created once, is read by its device, and the door closes behind it", async ({
    caller,
    device,
    vault,
  }) => {
    const again = await caller.call("PUT", `/accounts/${vault.account}`, { body: accountBody(vault, device) });
    assert.equal(again.status, 201, "the same call again, after a lost answer");
    const read = await caller.call("GET", "/account", { device });
    assert.equal(read.status, 200);
    assert.equal(read.body.object, text(vault.accounts[0]!));
    assert.equal((await caller.call("GET", "/account?have=1", { device })).status, 304);
    const other = await recordVault(0);
    const closed = await caller.call("PUT", `/accounts/${other.account}`, { body: accountBody(other, newDevice()) });
    assert.equal(closed.body.code, "registration_closed");
  });

  it("commits go in by their order, all or nothing, and are read back byte for byte", async ({
    caller,
    device,
    vault,
  }) => {
    const { commits } = vault;
    const [first] = commits;
    const path = `/environments/${first!.environment}`;
    for (const commit of commits)
      assert.equal((await caller.call("PUT", path, { device, body: commitBody(commit) })).status, 200);
    const late = await caller.call("PUT", path, { device, body: commitBody(commits[1]!) });
    assert.equal(late.status, 412);
    assert.equal(late.body.conflict.counter, commits.length);
    const all = await caller.call("GET", path, { device });
    const last = commits.at(-1)!;
    assert.equal(all.body.head, text(last.head));
    assert.equal(all.body.items, text(last.items));
    const written = commits.flatMap(({ records }) => records.map(({ hash }) => hash));
    assert.deepEqual(all.body.records.map(({ hash }: { hash: string }) => hash).sort(), written.sort());
    assert.equal((await caller.call("GET", `${path}?have=${commits.length}`, { device })).status, 304);
    const part = await caller.call("GET", `${path}?have=${commits.length - 1}`, { device });
    assert.deepEqual(
      part.body.records.map(({ hash }: { hash: string }) => hash),
      last.records.map(({ hash }) => hash),
    );
    const head = await caller.call("GET", `${path}/heads/1`, { device });
    assert.equal(head.body.head, text(first!.head));
  });

  it("a write sent again is answered as before; its id with another body is refused; without a counter too", async ({
    caller,
    device,
    vault,
  }) => {
    const [commit] = vault.commits;
    const path = `/environments/${commit!.environment}`;
    const body = commitBody(commit!);
    assert.deepEqual((await caller.call("PUT", path, { device, body })).body, { counter: 1, replayed: false });
    assert.deepEqual((await caller.call("PUT", path, { device, body })).body, { counter: 1, replayed: true });
    const reused = await caller.call("PUT", path, {
      device,
      body: { ...commitBody(vault.commits[1]!), write_id: body.write_id },
    });
    assert.equal(reused.status, 409);
    const { expected_counter: _, ...without } = commitBody(vault.commits[1]!);
    assert.equal((await caller.call("PUT", path, { device, body: without })).status, 428);
  });

  it("S193 a manifest that its account didn't sign, or that is for another place, order or list, is not taken", async ({
    caller,
    device,
    vault,
  }) => {
    const [commit] = vault.commits;
    const path = `/environments/${commit!.environment}`;
    const head = Buffer.from(commit!.head);
    head[head.length - 40]! ^= 1;
    const wrong: readonly (readonly [string, object])[] = [
      [path, { ...commitBody(commit!), head: text(head) }],
      [path, { ...commitBody(commit!), items: text(randomBytes(89)) }],
      [`/environments/${"0".repeat(32)}`, commitBody(commit!)],
      [path, { ...commitBody(vault.commits[1]!), expected_counter: 0 }],
      [path, { ...commitBody(commit!), more: 1 }],
    ];
    for (const [where, body] of wrong) assert.equal((await caller.call("PUT", where, { device, body })).status, 400);
    assert.equal((await caller.call("GET", path, { device })).status, 404, "nothing of it was kept");
  });

  it(
    "S194 nothing of one account shows to another: its ids are as if they were none",
    async ({ caller, device, vault }) => {
      const [commit] = vault.commits;
      const path = `/environments/${commit!.environment}`;
      await caller.call("PUT", path, { device, body: commitBody(commit!) });
      const other = await recordVault(1);
      const stranger = newDevice();
      assert.equal(
        (await caller.call("PUT", `/accounts/${other.account}`, { body: accountBody(other, stranger) })).status,
        201,
      );
      const ref = { item: commit!.records[0]?.item ?? "0".repeat(32), version: 1, epoch: 1, hash: "0".repeat(64) };
      for (const [method, where, body] of [
        ["GET", path, undefined],
        ["GET", `${path}/heads/1`, undefined],
        ["DELETE", path, undefined],
        ["POST", `${path}/records/read`, { refs: [ref] }],
        ["PUT", path, commitBody(commit!)],
      ] as const) {
        const answer = await caller.call(method, where, { device: stranger, body });
        assert.ok(answer.status === 404 || answer.status === 400, `${method} ${where}: ${answer.status}`);
      }
      assert.deepEqual((await caller.call("GET", "/environments", { device: stranger })).body.environments, []);
      assert.equal(
        (await caller.call("GET", `/audit?device=${device.id}`, { device: stranger })).body.entries.length,
        0,
      );
      assert.equal((await caller.call("GET", path, { device })).status, 200);
    },
    { isOpen: true },
  );

  it("S195 a device is let in by the proof of the password alone, and five wrong ones close the door", async ({
    caller,
    vault,
  }) => {
    const fresh = newDevice();
    const enrol = (proof: Buffer, device = fresh) =>
      caller.call("POST", "/devices", {
        body: { account: vault.account, proof: text(proof), device: deviceBody(device) },
      });
    assert.equal((await enrol(randomBytes(32))).status, 401);
    assert.equal((await caller.call("GET", "/account", { device: fresh })).outer, 401);
    assert.equal((await enrol(vault.login.proof)).status, 201);
    assert.equal((await caller.call("GET", "/account", { device: fresh })).status, 200);
    for (let wrong = 0; wrong < 5; wrong++) assert.equal((await enrol(randomBytes(32), newDevice())).status, 401);
    assert.equal((await enrol(vault.login.proof, newDevice())).status, 429, "the right proof too, for 15 minutes");
  });

  it("S229 a device alone can't change the login: it takes the proof of the one before, by password or code", async ({
    caller,
    device,
    vault,
  }) => {
    const next = vault.accounts[1]!;
    const { salt, profile, recoveryProof } = vault.login;
    const [newProof, other] = [randomBytes(32), newDevice()];
    const login = {
      salt: text(salt),
      profile,
      verifier: text(sha256(newProof)),
      recovery: text(sha256(recoveryProof)),
    };
    const body = { expected_counter: 1, object: text(next), write_id: randomBytes(16).toString("hex"), login };
    const put = (changes: object) => caller.call("PUT", "/account", { device, body: { ...body, ...changes } });
    const enrol = (proof: Buffer, who: Device) =>
      caller.call("POST", "/devices", {
        body: { account: vault.account, proof: text(proof), device: deviceBody(who) },
      });
    assert.equal((await put({})).status, 400, "no proof");
    assert.equal((await put({ proof: text(randomBytes(32)) })).status, 401, "a wrong one");
    assert.equal((await enrol(recoveryProof, newDevice())).status, 401, "no recovery code is known yet");
    assert.equal((await enrol(vault.login.proof, other)).status, 201, "and the old login is the one that counts");
    assert.equal((await put({ proof: text(vault.login.proof) })).status, 200);
    assert.equal((await caller.call("GET", "/account", { device: other })).outer, 401, "other devices are out");
    assert.equal((await enrol(vault.login.proof, newDevice())).status, 401);
    assert.equal((await enrol(recoveryProof, other)).status, 201, "the recovery code is a login too");
    const log = (await caller.call("GET", "/log?after=0", { device })).body.entries;
    const actions = log.map(({ action }: { action: string }) => action);
    assert.equal(actions.filter((action: string) => action === "login.refused").length, 3);
    assert.equal(actions.at(-1), "account.recover");
  });

  it("S230 an account ends with all it owns by the proof alone, and the door is open for the next first one", async ({
    caller,
    device,
    vault,
  }) => {
    const [commit] = vault.commits;
    const path = `/environments/${commit!.environment}`;
    await caller.call("PUT", path, { device, body: commitBody(commit!) });
    const end = (proof: Buffer) => caller.call("POST", "/account/end", { device, body: { proof: text(proof) } });
    assert.equal((await end(randomBytes(32))).status, 401);
    assert.equal((await caller.call("GET", path, { device })).status, 200);
    assert.equal((await end(vault.login.proof)).status, 204);
    assert.equal((await caller.call("GET", path, { device })).outer, 401);
    const again = await caller.call("PUT", `/accounts/${vault.account}`, { body: accountBody(vault, device) });
    assert.equal(again.status, 201);
    assert.equal((await caller.call("GET", path, { device })).status, 404);
    assert.equal((await caller.call("PUT", path, { device, body: commitBody(commit!) })).status, 200);
  });

  it("S196 before a login an account that nobody has looks like one that somebody has", async ({ caller, vault }) => {
    const known = await caller.call("POST", "/prelogin", { body: { account: vault.account } });
    assert.equal(known.body.salt, text(vault.login.salt));
    const nobody = randomBytes(16).toString("hex");
    const [one, two] = [
      await caller.call("POST", "/prelogin", { body: { account: nobody } }),
      await caller.call("POST", "/prelogin", { body: { account: nobody } }),
    ];
    assert.deepEqual(one, two, "the same false answer each time");
    assert.equal(one.status, known.status);
    assert.equal(one.body.salt.length, known.body.salt.length);
    assert.notEqual(
      one.body.salt,
      (await caller.call("POST", "/prelogin", { body: { account: "0".repeat(32) } })).body.salt,
    );
  });

  it("S197 captured bytes sent again do nothing, and a clock that is off is told the time", async ({
    caller,
    device,
    vault,
  }) => {
    const [commit] = vault.commits;
    const { bytes, open } = await caller.seal("PUT", `/environments/${commit!.environment}`, {
      device,
      body: commitBody(commit!),
    });
    assert.equal(open((await caller.post(bytes)).bytes).status, 200);
    assert.notEqual(open((await caller.post(bytes)).bytes).status, 200);
    assert.equal((await caller.call("GET", `/environments/${commit!.environment}`, { device })).body.counter, 1);
    const off = await caller.call("GET", "/account", { device, time: Date.now() - 3600_000 });
    assert.equal(off.body.code, "clock_skew");
    assert.ok(Math.abs(off.body.server_time - Date.now()) < 60_000);
  });

  it("S198 a wrong device secret, an unknown device and an unknown key open nothing", async ({ caller, device }) => {
    assert.equal((await caller.call("GET", "/account", { device: { ...device, secret: randomBytes(32) } })).outer, 401);
    assert.equal((await caller.call("GET", "/account", { device: newDevice() })).outer, 401);
    const { bytes } = await caller.seal("GET", "/account", { device });
    bytes[3]! ^= 1;
    assert.equal((await caller.post(bytes)).status, 421);
    assert.equal((await caller.call("GET", "/account")).body.code, "unauthorized", "base mode is for logins only");
  });

  it("a device that was ended is out at once", async ({ caller, device, vault }) => {
    const fresh = newDevice();
    const body = { account: vault.account, proof: text(vault.login.proof), device: deviceBody(fresh) };
    assert.equal((await caller.call("POST", "/devices", { body })).status, 201);
    assert.equal((await caller.call("GET", "/devices", { device })).body.devices.length, 2);
    assert.equal((await caller.call("DELETE", `/devices/${fresh.id}`, { device })).status, 204);
    assert.equal((await caller.call("GET", "/account", { device: fresh })).outer, 401);
  });

  it("a deleted environment is gone, and comes back by an undo", async ({ caller, device, vault }) => {
    const [commit] = vault.commits;
    const path = `/environments/${commit!.environment}`;
    await caller.call("PUT", path, { device, body: commitBody(commit!) });
    assert.equal((await caller.call("DELETE", path, { device })).status, 204);
    assert.equal((await caller.call("GET", path, { device })).status, 404);
    assert.equal((await caller.call("POST", `${path}/undo`, { device })).status, 204);
    assert.equal((await caller.call("GET", path, { device })).body.head, text(commit!.head));
  });

  it("changes are told in order, also to who waits for them, and another epoch starts again", async ({
    caller,
    device,
    vault,
  }) => {
    const [commit] = vault.commits;
    const start = await caller.call("GET", "/changes?since=0", { device });
    const waits = caller.call("GET", `/changes?since=${start.body.revision}&wait=10`, { device });
    await caller.call("PUT", `/environments/${commit!.environment}`, { device, body: commitBody(commit!) });
    const told = await waits;
    assert.deepEqual(told.body.environments, [{ id: commit!.environment, counter: 1, deleted: false }]);
    assert.ok(told.body.revision > start.body.revision);
    const other = await caller.call("GET", `/changes?since=0&epoch=${"0".repeat(32)}`, { device });
    assert.equal(other.body.code, "resync_required");
  });

  it("an audit chain takes its next entry only, countersigned; the server's own log names who did what", async ({
    caller,
    device,
  }) => {
    const entry = text(randomBytes(100));
    assert.equal((await caller.call("POST", "/audit", { device, body: { seq: 1, entry } })).status, 204);
    assert.equal(
      (await caller.call("POST", "/audit", { device, body: { seq: 1, entry: text(randomBytes(100)) } })).status,
      412,
    );
    assert.ok((await caller.call("POST", "/audit", { device, body: { seq: 3, entry } })).status! >= 400);
    const { entries } = (await caller.call("GET", `/audit?device=${device.id}`, { device })).body;
    assert.deepEqual(
      entries.map(({ seq, entry: kept }: { seq: number; entry: string }) => [seq, kept]),
      [[1, entry]],
    );
    const log = (await caller.call("GET", "/log", { device })).body.entries;
    assert.deepEqual(
      log.map(({ who, action }: { who: string; action: string }) => [who, action]),
      [[device.id, "account.create"]],
    );
  });

  test(`what was acknowledged is there after a restart (${name})`, async () => {
    const { api, options, caller, device, vault } = await serve();
    const [commit] = vault.commits;
    await caller.call("PUT", `/environments/${commit!.environment}`, { device, body: commitBody(commit!) });
    await api.close();
    const again = await startApi(options);
    try {
      assert.equal(again.serverId, api.serverId);
      const answer = await callerOf(again.url, again.serverId).call("GET", `/environments/${commit!.environment}`, {
        device,
      });
      assert.equal(answer.body.head, text(commit!.head));
    } finally {
      await again.close();
    }
  });
}

export function accountBody(vault: RecordedVault, device: Device): object {
  const { salt, profile, verifier } = vault.login;
  return {
    object: text(vault.accounts[0]!),
    login: { salt: text(salt), profile, verifier: text(verifier) },
    device: deviceBody(device),
  };
}

function deviceBody({ id, secret }: Device): object {
  return { id, secret: text(secret) };
}

export function commitBody({ expected, head, items, records }: RecordedCommit) {
  return {
    expected_counter: expected,
    head: text(head),
    items: text(items),
    records: records.map(({ item, version, epoch, hash, bytes }) => ({
      item,
      version,
      epoch,
      hash,
      bytes: text(bytes),
    })),
    write_id: randomBytes(16).toString("hex"),
  };
}

function text(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString("base64url");
}
