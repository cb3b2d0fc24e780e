import assert from "node:assert/strict";
import "./fakes/vscode-hook.ts";
import { afterEach, before, test } from "node:test";
import type { VaultAccess } from "#core/run/vault-access.ts";
import { asId } from "#core/store/store.ts";
import { requireAddressRange } from "#core/vault/sharing/token-limits.ts";
import { isVaultError } from "#core/vault-error.ts";
import type { Window } from "#vscode/window.ts";
import { DEV } from "../core/vault/fixture.ts";
import { plan, type Reply, shown, unused } from "./fakes/person.ts";

const { registerCommands } = await import("#vscode/commands.ts");
const { EnvironmentNode } = await import("#vscode/tree/nodes.ts");
const { memberActions } = await import("#vscode/commands/sharing/member-actions.ts");
const { withWholeApps } = await import("#vscode/commands/sharing/places.ts");
const { waitUntil } = await import("#vscode/commands/sharing/wait-until.ts");
const { rangesOf } = await import("#vscode/commands/tokens/ranges-of.ts");
const { tokenName } = await import("#vscode/commands/tokens/token-name.ts");
const vscode = await import("vscode");

const COMMANDS = ["invite", "acceptInvite", "showMembers", "leaveEnvironment", "createToken", "showTokens"] as const;
const PROD = { ...DEV, environment: "prod" as typeof DEV.environment }; // a name
/** What the vault was asked to do, beyond looking. */
const done: string[] = [];

before(() => {
  // As much of a window and a vault as the commands ask before the first answer of the person.
  const looks = {
    apps: async () => [{ app: DEV.app, environments: [{ ...DEV, secrets: 1, production: false, role: "admin" }] }],
    status: async () => ({ kind: "unlocked", shared: [{ context: DEV, role: "reader" }] }),
    tokens: async () => [],
    members: async () => ({ context: DEV, role: "admin", members: [], invites: [] }),
  };
  const access = new Proxy(looks, {
    get: (known, name) =>
      // An await asks for this one.
      name === "then" ? undefined : (known[name as keyof typeof known] ?? (async () => void done.push(String(name)))),
  }) as unknown as VaultAccess;
  const window = {
    unlocked: async () => access,
    remote: { face: { kind: "server", url: "http://127.0.0.1" } },
    context: { label: async () => undefined },
    extension: { subscriptions: [] },
    log: () => {},
  } as unknown as Window;
  registerCommands(window);
});

afterEach(() => assert.deepEqual(unused(), [], "the person had more to say"));

async function run(name: (typeof COMMANDS)[number], argument: unknown, replies: readonly Reply[]) {
  plan(replies);
  return vscode.commands.executeCommand(`opaquevault.${name}`, argument);
}

test("S312 no argument says who is let in, what a token reads, or answers a question of sharing", async () => {
  const lookalikes = [
    { context: DEV, role: "admin", name: "mallory", password: "x", days: 90, addresses: [] },
    Object.assign(Object.create({ constructor: EnvironmentNode }), { context: DEV }),
    "shop/dev",
    ["shop/dev", "admin"],
    "ovi1_AAAA",
  ];
  for (const name of COMMANDS) {
    for (const argument of lookalikes) {
      assert.equal(await run(name, argument, ["escape"]), undefined);
      const [first = []] = shown;
      assert.match(first.join(), /Choose|The invite code that you were given|There are no tokens/, name);
    }
  }
  assert.deepEqual(done, []);
});

test("an invite or a token that a person gives up making is not made, at whatever step", async () => {
  const invite: readonly Reply[] = [{ pick: "writer" }, { type: "Ben" }];
  for (let steps = 0; steps <= invite.length; steps++)
    await run("invite", new EnvironmentNode(DEV), [...invite.slice(0, steps), "escape"]);
  const token: readonly Reply[] = [{ pick: ["shop/dev"] }, { type: "ci" }, { pick: "7 days" }, { type: "" }];
  for (let steps = 0; steps <= token.length; steps++)
    await run("createToken", new EnvironmentNode(DEV), [...token.slice(0, steps), "escape"]);
  assert.deepEqual(done, []);
});

test("only an admin changes members, nobody the owner, and who is not the owner may leave", () => {
  const member = { fingerprint: "", who: "Ben", words: "", role: "reader", isYou: false, isOwner: false } as const;
  const actions = (...asked: Parameters<typeof memberActions>) => memberActions(...asked).map(({ value }) => value);
  assert.deepEqual(actions("admin", member), ["words", "name", "role", "remove"]);
  assert.deepEqual(actions("writer", member), ["words", "name"]);
  assert.deepEqual(actions("admin", { ...member, isOwner: true }), ["words", "name"]);
  assert.deepEqual(actions("reader", { ...member, isYou: true }), ["words", "leave"]);
  assert.deepEqual(actions("admin", { ...member, isYou: true, isOwner: true }), ["words"]);
});

test("a whole app is a place to share where it has several environments", () => {
  const dev = { label: "shop/dev", contexts: [DEV] };
  const prod = { label: "shop/prod", contexts: [PROD] };
  assert.deepEqual(withWholeApps([dev]), [dev]);
  assert.deepEqual(withWholeApps([dev, prod]), [dev, prod, { label: "shop/*", contexts: [DEV, PROD] }]);
});

test("the waiting ends when it is so, when the person stops it, and after an hour", async () => {
  let [asked, slept] = [0, 0];
  const sleep = async (ms: number) => {
    slept += ms;
  };
  assert.equal(await waitUntil(async () => ++asked === 3, new AbortController().signal, sleep), true);
  assert.equal(asked, 3);
  const gone = new AbortController();
  const stop = async () => gone.abort();
  assert.equal(await waitUntil(async () => false, gone.signal, stop), false);
  slept = 0;
  assert.equal(await waitUntil(async () => false, new AbortController().signal, sleep), false);
  assert.ok(slept > 3_500_000 && slept < 3_700_000, String(slept));
});

test("a token's name that ov would not take is not shown, since notifications make links of it", () => {
  const id = asId("0123456789abcdef0123456789abcdef")!;
  assert.equal(tokenName({ id, name: "ci of shop" }), "ci of shop");
  for (const name of ["[ci](command:workbench.action.quit)", "$(check)", "", undefined])
    assert.equal(tokenName({ id, name }), "01234567");
});

test("ranges are read with commas or spaces between, and what is none is refused", () => {
  assert.deepEqual(rangesOf(" 203.0.113.0/24, 2001:db8::/32 "), ["203.0.113.0/24", "2001:db8::/32"]);
  assert.deepEqual(rangesOf("  "), []);
  for (const right of ["203.0.113.7", "203.0.113.0/24", "2001:db8::/32"]) requireAddressRange(right);
  for (const wrong of ["203.0.113.0/33", "example.com", "203.0.113", "::/129", "1.2.3.4/8/8"])
    assert.throws(
      () => requireAddressRange(wrong),
      (error) => isVaultError(error, "argument-invalid"),
    );
});
